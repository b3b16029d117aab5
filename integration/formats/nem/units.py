"""Units of measure of a meter data file, and what they are here (specification, allowed values of UOM)."""

from __future__ import annotations

from dataclasses import dataclass

_ROOTS = {
    "WH": "Wh",
    "VARH": "varh",
    "VAH": "VAh",
    "W": "W",
    "VAR": "var",
    "VA": "VA",
    "V": "V",
    "A": "A",
}
_PREFIXES = {"": 0, "K": 3, "M": 6}
_ONLY_KILO = {"V", "A"}
_WRITTEN = {
    "Wh": "kWh",
    "varh": "kVArh",
    "VAh": "kVAh",
    "W": "kW",
    "var": "kVAr",
    "VA": "kVA",
    "V": "V",
    "A": "A",
    "": "pf",
}


@dataclass(frozen=True, slots=True)
class Uom:
    """A unit of the file: `power` of ten times a unit of ours."""

    unit: str
    power: int

    @property
    def is_energy(self) -> bool:
        """Whether it accumulates over an interval."""
        return self.unit.endswith("h")


def _all() -> dict[str, Uom]:
    units = {"PF": Uom("", 0)}
    for root, unit in _ROOTS.items():
        for prefix, power in _PREFIXES.items():
            if not (prefix == "M" and root in _ONLY_KILO):
                units[prefix + root] = Uom(unit, power)
    return units


_UNITS = _all()


def uom(text: str) -> Uom | None:
    """The unit this field names, whatever its case; None for one the specification does not know."""
    return _UNITS.get(text.upper())


def written(unit: str) -> tuple[str, Uom] | None:
    """What a file calls our unit, and what that is; None where it has no name for it."""
    name = _WRITTEN.get(unit)
    return (name, _UNITS[name.upper()]) if name else None
