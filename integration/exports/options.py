"""How values are written, where a format leaves it open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Unit(StrEnum):
    """Unit of energy; everything else keeps its own."""

    KILO = "kWh"
    BASE = "Wh"


class Decimal(StrEnum):
    """Decimal sign."""

    POINT = "point"
    COMMA = "comma"


class Layout(StrEnum):
    """LONG: a row per value. WIDE: a row per instant, a column per series."""

    LONG = "long"
    WIDE = "wide"


class Clock(StrEnum):
    """Whose time the rows are in."""

    LOCAL = "local"
    UTC = "UTC"


WORDS: dict[StrEnum, str] = {
    Unit.KILO: "kWh",
    Unit.BASE: "Wh",
    Decimal.POINT: "Point",
    Decimal.COMMA: "Comma",
    Layout.LONG: "One per value",
    Layout.WIDE: "One per instant",
    Clock.LOCAL: "Local",
    Clock.UTC: "UTC",
}
"""What people call the choices."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a person chose. `receiver`: for whom the file is, where the format has a field for it."""

    unit: Unit = Unit.KILO
    decimal: Decimal = Decimal.POINT
    layout: Layout = Layout.LONG
    times: Clock = Clock.LOCAL
    receiver: str = ""

    def as_json(self) -> dict[str, str]:
        """For the column of `FileExport`."""
        return {name: str(value) for name, value in asdict(self).items()}

    @classmethod
    def of_json(cls, columns: Mapping[str, Any]) -> Options:
        """From the column, or from words of the API. ValueError for a word there is none of."""
        return cls(
            Unit(columns.get("unit", Unit.KILO)),
            Decimal(columns.get("decimal", Decimal.POINT)),
            Layout(columns.get("layout", Layout.LONG)),
            Clock(columns.get("times", Clock.LOCAL)),
            str(columns.get("receiver", "")),
        )
