"""Scalers, units and columns of what was pushed: from the push itself, from what is on file, from the description."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from headend.drivers.dlms_decode import layout_of
from headend.knowledge import Knowledge
from headend.listener.elements import Element
from headend.listener.manners import Manner
from headend.plan import Layout
from protocols.dlms import objects
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded, decode
from protocols.dlms.obis import Obis
from protocols.dlms.selection import Capture, decode_capture
from protocols.dlms.units import CODES, ScalerUnit, scaler_unit
from protocols.errors import garbage

CAPTURES, PERIOD = 3, 4
"""Attributes of a profile that say what its columns are, and how far its rows are apart in seconds."""


class Units:
    """What is known of a device, or of all that push alike, and what one push adds to it."""

    def __init__(self, elements: Sequence[Element], known: Knowledge | Manner) -> None:
        self._told = {element.attribute: element.value for element in elements}
        self._known = known
        self._on_file: dict[Obis, ScalerUnit] | None = None

    def of(self, class_id: int, obis: Obis) -> ScalerUnit | None:
        """Scaler and unit of a register; None where nobody tells. RemoteProtocolError (GARBAGE) for a broken one."""
        told = self._told.get(Attribute(class_id, obis, objects.UNIT_ATTRIBUTE[class_id]))
        if told is not None:
            return scaler_unit(decode(told))
        return self._kept().get(obis) or self._known.description.units.get(obis)

    def layout(self, profile: Obis) -> Layout | None:
        """The columns of a profile: as pushed with it, else as on file; None where neither is there."""
        kept = self._known.layouts.get(profile)
        told = self._told_layout(profile, kept)
        if told is None or (kept is not None and (kept.columns, kept.interval_s) == (told.columns, told.interval_s)):
            return kept
        return told

    def _told_layout(self, profile: Obis, kept: Layout | None) -> Layout | None:
        """The layout the push holds; its columns are unknown to us where the unit of one is."""
        captures = self._told.get(Attribute(objects.PROFILE, profile, CAPTURES))
        if captures is None:
            return None
        shown = _captures(captures)
        registers = [each.attribute for each in shown if each.attribute.class_id in objects.UNIT_ATTRIBUTE]
        units = {name.obis: self.of(name.class_id, name.obis) for name in registers}
        encoded = {obis: unit.encode() for obis, unit in units.items() if unit is not None}
        if len(encoded) < len(units):
            return None
        return layout_of(objects.ProfileLayout(profile, shown, self._period(profile, kept)), encoded)

    def _period(self, profile: Obis, kept: Layout | None) -> int:
        told = self._told.get(Attribute(objects.PROFILE, profile, PERIOD))
        if told is not None:
            period = decode(told)
            if isinstance(period, int):
                return period
        described = {each.obis: each.interval_s for each in self._known.description.profiles}
        return kept.interval_s if kept is not None else described.get(profile, 0)

    def _kept(self) -> Mapping[Obis, ScalerUnit]:
        """Of all columns of all layouts on file, those of single registers last: they win."""
        if self._on_file is None:
            layouts = sorted(self._known.layouts.values(), key=lambda layout: layout.interval_s, reverse=True)
            columns = [column for layout in layouts for column in layout.columns if column.unit in CODES]
            self._on_file = {each.obis: ScalerUnit(each.scaler or 0, CODES[each.unit or ""]) for each in columns}
        return self._on_file


def cut_down(layout: Layout | None, columns: Sequence[Attribute]) -> Layout | None:
    """The layout with only these columns, in their order; all of them where none are named."""
    if layout is None or not columns:
        return layout
    by_name = {Attribute(each.class_id, each.obis, each.attribute): each for each in layout.columns}
    if any(name not in by_name for name in columns):
        return None
    return replace(layout, columns=tuple(by_name[name] for name in columns), known=True)


def _captures(encoded: Encoded) -> tuple[Capture, ...]:
    value = decode(encoded)
    if not isinstance(value, list):
        raise garbage("the capture objects of a pushed profile are no list")
    return tuple(decode_capture(each) for each in value)
