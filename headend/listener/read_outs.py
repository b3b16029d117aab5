"""Read-outs of IEC 62056-21 that meters send unasked (mode D): text, one message each, without any check or protection.

Whoever reaches the port may say anything, so it is taken only where a port is set up for it, behind the converters of
one's own.
"""

import logging
from collections.abc import Iterator
from datetime import datetime

from headend.drivers.iec62056_21_decode import quantity
from headend.knowledge import Knowledge
from headend.listener.frames import Pushed
from headend.listener.meaning import Understood
from headend.plan import RegisterValue
from protocols.dlms.obis import Obis
from protocols.errors import Cause, ProtocolError, RemoteProtocolError
from protocols.gateway import Prefix
from protocols.iec62056_21 import DataSet, Listener, ReadOut, ShortNames
from protocols.iec62056_21.stamps import parse_clock

log = logging.getLogger(__name__)

TIME, DATE = Obis.parse("1-0:0.9.1"), Obis.parse("1-0:0.9.2")
SERIALS = ("C.1.0", "C.1", "0.0.0", "0.0")
"""Where meters of no known model tell their number, the first that is there."""
_BEGIN = b"/"


class ReadOuts:
    """Cuts what one caller sends into read-outs; a damaged one is passed over. Nobody is answered.

    Has the methods of `headend.listener.frames.Frames`.
    """

    def __init__(self, largest: int) -> None:
        self._listener, self._largest = Listener(), largest

    def receive(self, data: bytes) -> Iterator[Pushed]:
        """The read-outs that `data` completes. RemoteProtocolError (TOO_LARGE) where one does not end: hang up."""
        self._listener.receive_data(data)
        while (octets := self._next()) is not None:
            if len(octets) > self._largest:
                raise RemoteProtocolError(Cause.TOO_LARGE, f"a read-out of {len(octets)} octets")
            if octets:
                yield Pushed(octets, None)

    def answer(self, apdu: bytes, device: Prefix | None) -> bytes:
        """Nothing."""
        return b""

    def outgoing(self) -> bytes:
        """Nothing."""
        return b""

    def _next(self) -> bytes | None:
        """The next read-out; nothing in it where it is damaged, None where none is complete."""
        try:
            found = self._listener.next_read_out()
        except ProtocolError as error:
            log.info("a read-out is dropped: %s", error)
            return b""
        return None if found is None else found.encode()


def is_read_out(octets: bytes) -> bool:
    """Whether a message is text; no APDU begins like it."""
    return octets[:1] == _BEGIN


def told_serial(octets: bytes) -> str:
    """The number a read-out tells of its meter, empty where it tells none."""
    shown = _shown(_decoded(octets))
    return next((shown[code].values[0].text.strip() for code in SERIALS if code in shown), "")


def understand_read_out(octets: bytes, known: Knowledge, at: datetime) -> Understood:
    """The registers that the description names, at the time of the meter's clock where it shows one, else `at`.

    RemoteProtocolError (UNEXPECTED) for a device that is not spoken to in text.
    """
    description = known.description
    if description.text is None:
        raise RemoteProtocolError(Cause.UNEXPECTED, f"a read-out of a {description.name}, which does not speak text")
    shown, names = _shown(_decoded(octets)), ShortNames(description.text.names)
    found = Understood()
    at = _clock(shown, names, known, at).replace(microsecond=0)
    for obis in description.registers:
        value = shown.get(names.code(obis))
        if value is not None and (held := quantity(value.values[0], value.values[0].unit)) is not None:
            stored = description.stored_as.get(obis, obis)
            found.readings.registers.append(RegisterValue(stored, held.value, held.scaler, held.unit, at))
    for name, obis in description.identification.items():
        if (told := shown.get(names.code(obis))) is not None and told.values[0].text.strip():
            found.readings.identification[name] = told.values[0].text.strip()
    return found


def _decoded(octets: bytes) -> ReadOut:
    listener = Listener()
    listener.receive_data(octets)
    found = listener.next_read_out()
    if found is None:
        raise RemoteProtocolError(Cause.GARBAGE, "no whole read-out")
    return found


def _shown(read_out: ReadOut) -> dict[str, DataSet]:
    """The present values by their code as it was sent."""
    return {each.address: each for each in read_out.data if each.values and each.history is None}


def _clock(shown: dict[str, DataSet], names: ShortNames, known: Knowledge, at: datetime) -> datetime:
    date, time = shown.get(names.code(DATE)), shown.get(names.code(TIME))
    if date is None or time is None:
        return at
    return parse_clock(date.values[0].text, time.values[0].text, known.device.utility.zone, at)
