"""What opened messages mean: those of one shape together, by columns; all others one by one."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from headend import causes
from headend.drivers.dlms_decode import profile_rows
from headend.listener.elements import Notification, elements_of, instant, sent_at
from headend.listener.manners import Manner
from headend.listener.meaning import Understood, clock_of, clocks_of, understand
from headend.listener.messages import Message, Read, Refused
from headend.listener.read_outs import is_read_out, understand_read_out
from headend.listener.shapes import Octets, Rows, Shape, Shapes
from headend.plan import NAMES, REGISTERS, ProfileRows, Stretch
from protocols.dlms import row_runs
from protocols.dlms.apdu import NOTIFICATIONS, decode_apdu
from protocols.dlms.record_columns import record_columns
from protocols.dlms.services.notification import CONFIRMED, DataNotification, DataNotificationConfirm
from protocols.dlms.tables import Nulls, Rules, Table
from protocols.errors import Cause, ProtocolError, RemoteProtocolError

log = logging.getLogger(__name__)

MANY = 4
"""Messages of one manner and size in a batch from which on looking for their shape pays."""
_NO_STRETCH = Stretch(REGISTERS, datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))
"""That of rows of many messages, until they are parted."""


def read_all(messages: Sequence[Message], shapes: Shapes) -> dict[Message, Read | Refused]:
    """What every message means, or why that cannot be made out; never raises for what is in them."""
    groups: dict[tuple[Manner, int], list[Message]] = defaultdict(list)
    for message in messages:
        groups[message.sender.manner, len(message.apdu)].append(message)
    found: dict[Message, Read | Refused] = {}
    for (manner, _), group in groups.items():
        if len(group) >= MANY:
            found |= _together(group, manner, shapes)
    return found | {message: _alone(message) for message in messages if message not in found}


def notification_of(apdu: bytes) -> Notification:
    """What a device sent on its own. RemoteProtocolError (UNEXPECTED) for any other APDU."""
    said = decode_apdu(apdu)
    if not isinstance(said, NOTIFICATIONS):
        raise RemoteProtocolError(Cause.UNEXPECTED, f"an APDU with tag {apdu[0]} is no push")
    return said


def _alone(message: Message) -> Read | Refused:
    device_id = message.sender.known.device.pk
    try:
        return _read(message)
    except ProtocolError as error:
        return Refused(message.arrival, device_id, error.cause.value, str(error))
    except Exception as error:
        log.exception("a push of device %s", device_id)
        return Refused(message.arrival, device_id, causes.INTERNAL, f"{type(error).__name__}: {error}")


def _read(message: Message) -> Read:
    """What an opened message means. RemoteProtocolError where that cannot be made out."""
    known = message.sender.known
    if is_read_out(message.apdu):
        told = understand_read_out(message.apdu, known, message.arrival.at)
        return Read(message, told.readings, told.left, None)
    said = notification_of(message.apdu)
    elements = elements_of(said, known.description.push, known.layouts.get(NAMES))
    at = sent_at(said, known.device.utility.zone) or message.arrival.at
    found = understand(elements, known, at)
    confirm = _confirmation(said.invoke, said.sent_at) if isinstance(said, DataNotification) else None
    return Read(message, found.readings, found.left, confirm)


def _together(messages: Sequence[Message], manner: Manner, shapes: Shapes) -> dict[Message, Read | Refused]:
    """Those of these messages, all of one manner and size, that have a shape; one more shape is learned where many
    have none.
    """
    octets = np.frombuffer(b"".join([message.apdu for message in messages]), np.uint8).reshape(len(messages), -1)
    left = np.ones(len(messages), np.bool_)
    found: dict[Message, Read | Refused] = {}
    for shape in shapes.of(manner, octets.shape[1]):
        found |= _taken(shape, manner, messages, octets, left)
    if left.sum() >= MANY:
        first = messages[int(left.argmax())]
        if (learned := _learned(first, manner, shapes)) is not None:
            found |= _taken(learned, manner, messages, octets, left)
    return found


def _learned(message: Message, manner: Manner, shapes: Shapes) -> Shape | None:
    """The shape of a message that can be understood in full by itself; text has none."""
    if is_read_out(message.apdu):
        return None
    read = _alone(message)
    return shapes.learn(manner, message.apdu) if isinstance(read, Read) and not read.left else None


def _taken(
    shape: Shape, manner: Manner, messages: Sequence[Message], octets: Octets, left: NDArray[np.bool_]
) -> dict[Message, Read | Refused]:
    """What those of the messages mean that are `left` and have this shape: they are not left any more."""
    fitting = np.flatnonzero(left & shape.fits(octets))
    if not fitting.size:
        return {}
    left[fitting] = False
    chosen = [messages[i] for i in fitting.tolist()]
    try:
        return dict(zip(chosen, _of_shape(shape, manner, chosen, octets[fitting]), strict=True))
    except Exception:
        log.exception("%d pushes of one shape are read one by one", len(chosen))
        return {}


def _of_shape(shape: Shape, manner: Manner, messages: Sequence[Message], octets: Octets) -> Iterator[Read]:
    tables = [_table(rows, manner, octets) for rows in shape.rows]
    told = [rows.layout for rows in shape.rows if not rows.layout.known]
    for number, message in enumerate(messages):
        apdu = message.apdu
        sent = apdu[slice(*shape.sent_at)] if shape.sent_at else b""
        at = instant(sent, manner.zone) or message.arrival.at
        found = _others(shape, message, at)
        if shape.clock is not None:
            at = clock_of([shape.clock.of(apdu)], manner.zone) or at
        found.readings.layouts += told
        found.readings.profiles += [table.of(number, at) for table in tables]
        yield Read(message, found.readings, found.left, _confirmation(int.from_bytes(apdu[1:5], "big"), sent))


def _others(shape: Shape, message: Message, at: datetime) -> Understood:
    """What is read one by one, by the clock of the push as everything in it."""
    if not shape.others:
        return Understood()
    elements = [part.of(message.apdu) for part in (shape.clock, *shape.others) if part is not None]
    return understand(elements, message.sender.known, at)


def _confirmation(invoke: int, sent_at: bytes) -> DataNotificationConfirm | None:
    """The answer it wants, if any."""
    return DataNotificationConfirm(invoke, sent_at) if invoke & CONFIRMED else None


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The rows of many messages: those of message i end at `ends[i]` and begin where the ones before end."""

    whole: ProfileRows
    ends: Sequence[int]

    def of(self, number: int, at: datetime) -> ProfileRows:
        """The rows of one message, pushed at this instant."""
        mine = slice(self.ends[number - 1] if number else 0, self.ends[number])
        whole = self.whole
        stretch = Stretch(whole.layout.obis, at, at)
        return ProfileRows(
            stretch, whole.layout, whole.at[mine], whole.status[mine], whole.values[:, mine], whole.held[:, mine]
        )


def _table(rows: Rows, manner: Manner, octets: Octets) -> _Table:
    layout, records = rows.layout, rows.of(octets)
    clocks = clocks_of(layout)
    rules = Rules(len(layout.columns), clocks, layout.interval_s, manner.zone, Nulls.REPEATED)
    columns = record_columns([row_runs.Rows(rows.records, records, slice(None))], len(records), rules)
    assert columns is not None, "rows of one layout have the same number of columns"
    whole = profile_rows(Table(columns, len(records)), layout, _NO_STRETCH)
    told = columns[clocks[0]].present.reshape(len(octets), -1)
    return _Table(whole, np.cumsum(told.sum(axis=1)).tolist())
