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


class Purpose(TextChoices):
    """BILLING: what is written counts as delivered, so a later change of it becomes a correction."""

    OWN = "own", "Own use"
    BILLING = "billing", "Billing and settlement"


class Days(TextChoices):
    """VERIFIED: days that wait for validation or for a decision about an exception are left out, and told."""

    ALL = "all", "All"
    VERIFIED = "verified", "Only verified ones"


@dataclass(frozen=True, slots=True)
class Options:
    """What a person chose. `receiver`: for whom the file is, where the format has a field for it.

    `purpose` and `days` are heeded with every format, the others as the format says.
    """

    unit: Unit = Unit.KILO
    decimal: Decimal = Decimal.POINT
    layout: Layout = Layout.LONG
    times: Clock = Clock.LOCAL
    receiver: str = ""
    purpose: Purpose = Purpose.OWN
    days: Days = Days.ALL

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
            Purpose(columns.get("purpose", Purpose.OWN)),
            Days(columns.get("days", Days.ALL)),
        )
