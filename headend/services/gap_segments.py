"""Budgets of network segments for missing values: how many devices an hour are asked again through each.

A narrow cell or a concentrator that lost a day would otherwise get all of its devices at once in one job, however long
the sessions then wait for a permit.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from devices.models import Device
from headend import kinds
from headend.models import JobItem, SegmentLimit
from headend.permits.segments import APN, CELL, CONCENTRATOR, Segment

HOUR = timedelta(hours=1)
AT_ONCE = 5_000
"""Devices whose segments are looked up by one query."""


@dataclass
class SegmentBudgets:
    """How many devices may still be asked through each segment; those of a kind without a row have no limit."""

    limits: Mapping[Segment, int]
    used: Counter[Segment] = field(default_factory=Counter)

    def take(self, segments: Sequence[Segment]) -> bool:
        """Count a device in all its segments; False, and nothing counted, where one of them has nothing left."""
        limited = [(each, most) for each in segments if (most := self._most(each)) is not None]
        if any(self.used[each] >= most for each, most in limited):
            return False
        self.used.update(each for each, _ in limited)
        return True

    def _most(self, segment: Segment) -> int | None:
        """Its own limit, else that of its kind."""
        return self.limits.get(segment, self.limits.get(Segment(segment.kind, "")))


def segment_budgets(now: datetime) -> SegmentBudgets | None:
    """The budgets with what was asked within the hour; None where no segment has one. At most three queries."""
    rows = SegmentLimit.objects.exclude(gap_devices_per_hour=None)
    limits = {Segment(row.kind, row.name): row.gap_devices_per_hour or 0 for row in rows}
    if not limits:
        return None
    asked = JobItem.objects.filter(job__kind=kinds.GAPS.code, job__schedule=None, job__created_at__gt=now - HOUR)
    budgets = SegmentBudgets(limits)
    for segments in _segments(Device.objects.filter(pk__in=asked.values("device"))).values():
        budgets.used.update(segments)
    return budgets


def within_segments(ranked: Iterable[int], budgets: SegmentBudgets, most: int | None) -> list[int]:
    """Devices of `ranked` (ids, the first to be asked first) that every segment still bears, at most `most`."""
    return list(islice(_borne(iter(ranked), budgets), most))


def _borne(ranked: Iterator[int], budgets: SegmentBudgets) -> Iterator[int]:
    while portion := list(islice(ranked, AT_ONCE)):
        segments = _segments(Device.objects.filter(pk__in=portion))
        yield from (pk for pk in portion if pk in segments and budgets.take(segments[pk]))


def _segments(devices: QuerySet[Device]) -> dict[int, list[Segment]]:
    """The segments of each device as `segments_of` says them, in one query: of its way, or of its master's."""
    ways = ("master__concentrator__", "concentrator__")
    rows = devices.order_by().annotate(
        behind=Coalesce(*(F(f"{way}serial_number") for way in ways)),
        way_cell=Coalesce(*(F(f"{way}cell") for way in ways), F("master__cell"), F("cell")),
        way_apn=Coalesce(*(F(f"{way}apn") for way in ways), F("master__apn"), F("apn")),
    )
    return {
        pk: [Segment(str(kind), name) for kind, name in ((CONCENTRATOR, behind), (CELL, cell), (APN, apn)) if name]
        for pk, behind, cell, apn in rows.values_list("pk", "behind", "way_cell", "way_apn")
    }
