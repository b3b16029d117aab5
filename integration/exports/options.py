"""How values are written, where a format leaves it open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import TextChoices


class Unit(TextChoices):
    """Unit of energy; everything else keeps its own."""

    KILO = "kWh", "kWh"
    BASE = "Wh", "Wh"


class Decimal(TextChoices):
    """Decimal sign."""

    POINT = "point", "Point"
    COMMA = "comma", "Comma"


class Layout(TextChoices):
    """LONG: a row per value. WIDE: a row per instant, a column per series."""

    LONG = "long", "One per value"
    WIDE = "wide", "One per instant"


class Clock(TextChoices):
    """Whose time the rows are in."""

    LOCAL = "local", "Local"
    UTC = "UTC", "UTC"


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
