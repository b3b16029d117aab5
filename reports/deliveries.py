"""The report on data delivery: which share of the values of each local day was there by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from aim.web.tones import Tone
from headend.models import DeliveryCount
from reports.dashboard import rounded_down, tone_of

By = DeliveryCount.By
SPANS = (7, 14, 31, 92)
"""Days a report may cover."""
GROUPS = {"day": "Day", "area": "Transformer area", "model": "Device model"}


@dataclass(frozen=True, slots=True)
class Share:
    """Values that were there by one moment, of those that had to be."""

    expected: int = 0
    present: int = 0
    excluded: int = 0

    @property
    def percent(self) -> float | None:
        """0 to 100; None where nothing was due or nothing is counted yet."""
        return 100 * self.present / self.expected if self.expected else None

    @property
    def text(self) -> str:
        return rounded_down(self.percent)

    @property
    def tone(self) -> Tone:
        return tone_of(self.percent)


@dataclass(frozen=True, slots=True)
class Line:
    """A day, area or model with its share by every moment, in the order of `By`."""

    name: Any
    shares: Sequence[Share]

    @property
    def excluded(self) -> int:
        """Values not counted because their device is excluded; at the moment with the most."""
        return max(share.excluded for share in self.shares)


def lines(counts: QuerySet[DeliveryCount], group: str, today: date, days: int) -> list[Line]:
    """The report over the last `days` local days before `today`, by a key of `GROUPS`. One query."""
    chosen = counts.filter(day__gte=today - timedelta(days=days), day__lt=today).exclude(model="")
    sums = chosen.order_by().values(group, "by").annotate(
        due=Sum("expected"), there=Sum("present"), left_out=Sum("excluded")
    )  # fmt: skip
    found: dict[Any, dict[str, Share]] = {}
    for row in sums:
        found.setdefault(row[group], {})[row["by"]] = Share(row["due"], row["there"], row["left_out"])
    names = sorted(found, reverse=group == "day")
    return [Line(name, [found[name].get(by.value, Share()) for by in By]) for name in names]


def total(all_lines: Sequence[Line]) -> Line:
    """All lines together."""
    columns = zip(*(line.shares for line in all_lines), strict=True)
    shares = [Share(*(sum(getattr(each, name) for each in column) for name in _SUMMED)) for column in columns]
    return Line("All", shares or [Share() for _ in By])


_SUMMED = ("expected", "present", "excluded")
