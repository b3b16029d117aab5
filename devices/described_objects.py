"""The COSEM objects of a model as its description lists them: class, version, attributes, fixed scaler and unit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from devices.described_fields import known_only, one_of, whole
from devices.inheritance import at_channel
from protocols.dlms.obis import Obis
from protocols.dlms.units import CODES, ScalerUnit

ACCESS = {"R": "read", "W": "write", "RW": "read and write"}
VALUES = {
    "dynamic": "changes by itself",
    "fixed_in_profile": "the same in every meter of the companion standard",
    "fixed_in_meter": "set when the meter is made",
    "set_by_client": "set over the line",
    "based_on_model": "the same in every meter of one type",
}
"""Where the value of an attribute comes from."""
_FIELDS = ("obis", "class_id", "version", "name", "attributes", "scaler", "unit")


@dataclass(frozen=True, slots=True)
class DescribedAttribute:
    """`access` is one of `ACCESS`, `value` one of `VALUES`."""

    access: str
    value: str


@dataclass(frozen=True, slots=True)
class DescribedObject:
    """One object; `unit` where scaler and unit are fixed, so that nobody asks the meter for them."""

    obis: Obis
    class_id: int
    version: int
    name: str
    attributes: Mapping[int, DescribedAttribute]
    unit: ScalerUnit | None


def objects_of(raw: Sequence[Mapping[str, Any]], channels: int) -> tuple[DescribedObject, ...]:
    """The `objects` of a description; `0-n:` stands for each M-Bus channel. ValueError names what is wrong."""
    return tuple(object_of(each) for entry in raw for each in _on_channels(entry, channels))


def object_of(raw: Mapping[str, Any]) -> DescribedObject:
    """One entry of `objects`."""
    known_only(raw, _FIELDS, "an entry of objects")
    return DescribedObject(
        obis=Obis.parse(raw["obis"]),
        class_id=whole(raw, "class_id", None, 0, 0xFFFF),
        version=whole(raw, "version", 0, 0, 0xFF),
        name=str(raw.get("name", "")),
        attributes={int(index): _attribute(index, text) for index, text in raw.get("attributes", {}).items()},
        unit=_unit(raw),
    )


def units_of(objects: Iterable[DescribedObject]) -> Mapping[Obis, ScalerUnit]:
    """Scaler and unit of the objects whose description fixes them."""
    return {each.obis: each.unit for each in objects if each.unit is not None}


def unit_code(symbol: object) -> int:
    """The code of a unit. ValueError for a symbol that no table has."""
    if not isinstance(symbol, str) or symbol not in CODES:
        raise ValueError(f"unit {symbol!r} is not one of the Blue Book, as Wh, varh, W, V, A or m³")
    return CODES[symbol]


def _on_channels(entry: Mapping[str, Any], channels: int) -> Iterator[Mapping[str, Any]]:
    if not str(entry["obis"]).startswith("0-n:"):
        yield entry
        return
    if not channels:
        raise ValueError(f"{entry['obis']} is on M-Bus channels, but m_bus says nothing of them")
    yield from (at_channel(entry, channel) for channel in range(1, channels + 1))


def _attribute(index: str, text: object) -> DescribedAttribute:
    """`R dynamic`: access, then where the value comes from."""
    access, _, value = str(text).partition(" ")
    one_of(ACCESS, access, f"access of attribute {index}")
    one_of(VALUES, value, f"value of attribute {index}")
    return DescribedAttribute(access, value)


def _unit(raw: Mapping[str, Any]) -> ScalerUnit | None:
    """Both or none: one without the other would still have to be asked for."""
    if ("scaler" in raw) != ("unit" in raw):
        raise ValueError("scaler and unit are fixed together, or both are left to the meter")
    return ScalerUnit(whole(raw, "scaler", None, -128, 127), unit_code(raw["unit"])) if "unit" in raw else None
