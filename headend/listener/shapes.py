"""Pushes that are alike in all but their contents: what one was found to hold is where it is in all others.

The meters of a model push the same objects with the same number of rows. A shape is made of one such message: its size,
the octets that are the same in all, and where the elements lie.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from headend.listener.elements import PUSH_SETUP_CLASS, Element, elements_of
from headend.listener.manners import Manner
from headend.listener.units import CAPTURES, PERIOD, Units, cut_down
from headend.plan import Layout
from protocols.dlms import objects
from protocols.dlms.axdr import decode_length
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.elements import DELTAS
from protocols.dlms.row_layout import RowLayout
from protocols.dlms.row_runs import sorted_rows
from protocols.dlms.services.notification import DataNotification, decode_data_notification
from protocols.dlms.services.targets import decode_values
from protocols.dlms.skeleton import Span, contents
from protocols.dlms.tags import ApduTag, Tag
from protocols.errors import ProtocolError

MOST, MOST_ALIKE = 256, 4
"""Shapes that are remembered, and how many of one manner and size."""
_INVOKE = (1, 5)
_BUFFER, _VALUE = 2, 2
_CARRIED = frozenset(map(int, (Tag.NULL, *DELTAS)))
"""Cells that say something only after the row before."""
_TELLING = {(objects.PROFILE, CAPTURES), (objects.PROFILE, PERIOD)} | set(objects.UNIT_ATTRIBUTE.items())
"""Attributes by which the meaning of others is told: class and number."""
Octets = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Part:
    """An element of the push and where its data lie."""

    attribute: Attribute
    columns: tuple[Attribute, ...]
    start: int
    end: int

    def of(self, apdu: bytes) -> Element:
        """The element in a message of this shape."""
        return Element(self.attribute, Encoded(apdu[self.start : self.end]), self.columns)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A profile buffer of equal rows, each of which tells all its cells: where they lie and how they are read."""

    layout: Layout
    records: RowLayout
    count: int
    start: int
    end: int

    def of(self, messages: Octets) -> NDArray[Any]:
        """The rows of all these messages (n, size) one after the other, records (n * count,)."""
        return np.frombuffer(messages[:, self.start : self.end].tobytes(), self.records.dtype)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A message of which `fixed` (size,) marks the octets all others must share; what lies where in it.

    `clock` is the first clock among the data, `sent_at` the time of the notification, None where there is none.
    `others` are the elements that are read one by one.
    """

    octets: Octets
    fixed: NDArray[np.bool_]
    sent_at: Span | None
    clock: Part | None
    rows: tuple[Rows, ...]
    others: tuple[Part, ...]

    def fits(self, messages: Octets) -> NDArray[np.bool_]:
        """Which of these messages (n, size) have this shape."""
        other: NDArray[np.bool_] = ((messages != self.octets) & self.fixed).any(axis=1)
        return ~other


class Shapes:
    """Shapes by the manner of the senders and the size of the message, the longest unused left out first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Manner, int], list[Shape]] = OrderedDict()

    def of(self, manner: Manner, size: int) -> Sequence[Shape]:
        """Those a message of this size may have."""
        found = self._kept.get((manner, size))
        if found is None:
            return ()
        self._kept.move_to_end((manner, size))
        return found

    def learn(self, manner: Manner, apdu: bytes) -> Shape | None:
        """The shape of this message, which was understood; None where nothing is gained by it."""
        shape = shape_of(apdu, manner)
        if shape is not None:
            there = self._kept.setdefault((manner, len(apdu)), [])
            self._kept[manner, len(apdu)] = [shape, *there[: MOST_ALIKE - 1]]
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return shape


def shape_of(apdu: bytes, manner: Manner) -> Shape | None:
    """The shape of a DataNotification with the rows of a profile; None for all others, and what is not plain."""
    if apdu[0] != ApduTag.DATA_NOTIFICATION:
        return None
    try:
        said = decode_data_notification(apdu)
        parts = _parts(said, len(apdu) - len(said.body), manner)
        return _shape(apdu, said, parts, manner)
    except (ProtocolError, IndexError):
        return None


def _parts(said: DataNotification, body: int, manner: Manner) -> list[Part]:
    """The elements and where they lie: what precedes them is the object list, if there is one."""
    values, _ = decode_values(said.body, 1)
    elements = elements_of(said, manner.description.push, None)
    ends = body + len(said.body) - sum(map(len, values)) + np.cumsum([len(value) for value in values])
    return [
        Part(each.attribute, each.columns, int(end) - len(value), int(end))
        for each, value, end in zip(
            elements, values[len(values) - len(elements) :], ends[len(values) - len(elements) :], strict=True
        )
    ]


def _shape(apdu: bytes, said: DataNotification, parts: Sequence[Part], manner: Manner) -> Shape | None:
    units = Units([part.of(apdu) for part in parts], manner)
    rows = {part: found for part in parts if (found := _rows(apdu, part, units, manner)) is not None}
    if not rows:
        return None
    body = len(apdu) - len(said.body)
    sent_at = (body - len(said.sent_at), body) if said.sent_at else None
    fixed = np.ones(len(apdu), np.bool_)
    spans = [_INVOKE, *filter(None, [sent_at]), *(span for part in parts for span in _contents(apdu, part))]
    for start, end in spans:
        fixed[start:end] = False
    clock = next((part for part in parts if _name(part) == (objects.CLOCK_CLASS, _VALUE)), None)
    others = tuple(part for part in parts if part not in rows and part is not clock)
    return Shape(np.frombuffer(apdu, np.uint8), fixed, sent_at, clock, tuple(rows.values()), others)


def _rows(apdu: bytes, part: Part, units: Units, manner: Manner) -> Rows | None:
    """How the rows of a part are read with those of other messages; None where it is no such profile."""
    obis = part.attribute.obis
    if _name(part) != (objects.PROFILE, _BUFFER) or manner.description.event_log(obis) or apdu[part.start] != Tag.ARRAY:
        return None
    layout = cut_down(units.layout(obis), part.columns)
    count, start = decode_length(apdu, part.start + 1)
    groups = sorted_rows(apdu[start : part.end], 0)
    if layout is None or groups is None or len(groups) != 1 or len(groups[0].records) != count:
        return None
    records = groups[0].layout
    if any(cell.tag in _CARRIED for cell in records.pattern.cells):
        return None
    return Rows(layout, records, count, start, part.end)


def _contents(apdu: bytes, part: Part) -> list[Span]:
    """What may differ in this part: nothing where it tells how others are read."""
    return [] if _name(part) in _TELLING or _name(part)[0] == PUSH_SETUP_CLASS else contents(apdu, part.start)[0]


def _name(part: Part) -> tuple[int, int]:
    return part.attribute.class_id, part.attribute.index
