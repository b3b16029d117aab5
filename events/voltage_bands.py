"""Which band of voltage is promised where: that of the metering point, else of its area, its utility, else EN 50160."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from events.models import VoltageBand
from metering.models import MeteringPoint, TransformerArea

INTERRUPTED = Decimal("0.05")
"""EN 50160: below 5 % of the nominal voltage there is no supply."""
_TEN = Decimal(10)


@dataclass(frozen=True, slots=True)
class Band:
    """Nominal voltage in V, and how far below and above in percent; both ends belong to the band."""

    nominal: Decimal = Decimal(230)
    below: Decimal = _TEN
    above: Decimal = _TEN

    @property
    def least(self) -> Decimal:
        return self.nominal * (100 - self.below) / 100

    @property
    def greatest(self) -> Decimal:
        return self.nominal * (100 + self.above) / 100

    @property
    def interrupted(self) -> Decimal:
        """What is lower is no supply."""
        return self.nominal * INTERRUPTED

    def __str__(self) -> str:
        """`230 V ± 10 % (207 to 253 V)`, `230 V − 10 + 6 % (207 to 243.8 V)`."""
        spread = f"± {_plain(self.below)} %" if self.below == self.above else (
            f"− {_plain(self.below)} + {_plain(self.above)} %"
        )  # fmt: skip
        return f"{_plain(self.nominal)} V {spread} ({_plain(self.least)} to {_plain(self.greatest)} V)"


EN_50160 = Band()
"""What low voltage is by EN 50160, where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Bands:
    """All bands of some utilities, by (utility, area, metering point); 0 where a row is of all."""

    rows: Mapping[tuple[int, int, int], Band]

    def of(self, utility: int, area: int, point: int) -> Band:
        """The most particular one; `area` 0: none."""
        keys = ((utility, 0, point), (utility, area, 0), (utility, 0, 0))
        return next((self.rows[key] for key in keys if key in self.rows), EN_50160)


def bands_of(points: QuerySet[MeteringPoint]) -> Bands:
    """The bands that may hold for `points`. One query over a small table."""
    return _bands(VoltageBand.objects.filter(utility__in=points.order_by().values("utility")))


def band_of_area(area: TransformerArea) -> Band:
    """The band of an area as a whole; single metering points may have their own."""
    return _bands(VoltageBand.objects.filter(utility=area.utility_id)).of(area.utility_id, area.pk, 0)


def _bands(rows: QuerySet[VoltageBand]) -> Bands:
    return Bands(
        {
            (row.utility_id, row.area_id or 0, row.metering_point_id or 0): Band(
                row.nominal_v, row.below_percent, row.above_percent
            )
            for row in rows
        }
    )


def _plain(number: Decimal) -> str:
    """Without zeros at the end: 230, 57.7."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
