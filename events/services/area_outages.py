"""Outages of transformer areas, derived anew from those of their devices."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from devices.models import Installation
from events.clusters import JOINS, Cluster, Down, clusters
from events.models import AreaOutage, Outage, OutageRule, PlannedOutage
from events.pairing import SAME
from events.services.device_outages import KINDS
from metering.models import MeteringPoint, TransformerArea
from metering.models.network import EnergyType

EARLY = timedelta(minutes=15)
"""An outage that begins so long before its announced period is still the planned one."""

_BIND = """
UPDATE events_outage outage SET area_outage_id = told.area_outage_id
FROM unnest(%s::bigint[], %s::bigint[]) AS told(id, area_outage_id)
WHERE outage.id = told.id AND outage.area_outage_id IS DISTINCT FROM told.area_outage_id
"""
_BIND_EVENTS = """
UPDATE events_event event SET area_outage_id = outage.area_outage_id
FROM events_outage outage
WHERE outage.id = ANY(%s) AND event.device_id = outage.device_id AND event.kind = ANY(%s)
    AND event.at >= outage.started_at - make_interval(secs => %s)
    AND event.at <= coalesce(outage.ended_at, outage.started_at) + make_interval(secs => %s)
    AND event.area_outage_id IS DISTINCT FROM outage.area_outage_id
"""


@dataclass(frozen=True, slots=True, eq=False)
class _Area:
    """An area, from when on its outages are written anew, and what is on file of them."""

    id: int
    since: datetime
    needed: int
    shortest: timedelta
    heard: int
    known: Sequence[AreaOutage]
    downs: Sequence[Down]

    @property
    def clusters(self) -> list[Cluster]:
        """Its outages, by the failures that were not too short to count."""
        return clusters([d for d in self.downs if d.end is None or d.end - d.start >= self.shortest], self.needed)


def areas_of(points: Mapping[int, datetime]) -> dict[int, datetime]:
    """The transformer areas of these metering points, each with the first of the instants of its points."""
    rows = MeteringPoint.objects.filter(pk__in=list(points), transformer_area__isnull=False)
    found: dict[int, datetime] = {}
    for point, area in rows.values_list("pk", "transformer_area_id"):
        found[area] = min(points[point], found.get(area, points[point]))
    return found


def gather(changed: Mapping[int, datetime]) -> list[AreaOutage]:
    """Write the outages of areas anew from the given instants on; answers those that are new.

    A row stays the same while its outage grows, moves and ends. What is no outage of the area any more is deleted, and
    its devices have their own again. The number of queries does not grow with the areas.
    """
    if not changed:
        return []
    areas = _looked_up(changed)
    found = [(area, cluster) for area in areas for cluster in area.clusters]
    rows = _kept(found)
    stale = {each.pk for area in areas for each in area.known} - {row.pk for row, _, _ in rows if row.pk}
    new = _written([(row, area, cluster) for row, area, cluster in rows])
    _bind(areas, [(row, cluster) for row, _, cluster in rows])
    AreaOutage.objects.filter(pk__in=stale).delete()
    return new


def _looked_up(changed: Mapping[int, datetime]) -> list[_Area]:
    known = _known(changed)
    since = {area: min([first - JOINS, *(each.started_at for each in known[area])]) for area, first in changed.items()}
    heard, downs = _heard(since), _downs(since)
    rules = {rule.utility_id: rule for rule in OutageRule.objects.all()}
    utilities = dict(TransformerArea.objects.filter(pk__in=list(since)).values_list("pk", "utility_id"))
    found = []
    for area, start in since.items():
        rule = rules.get(utilities[area]) or OutageRule()
        needed, shortest = rule.needed(heard[area]), timedelta(seconds=rule.shortest_s)
        found.append(_Area(area, start, needed, shortest, heard[area], known[area], downs[area]))
    return found


def _known(changed: Mapping[int, datetime]) -> Mapping[int, list[AreaOutage]]:
    """Outages of the areas that may change: those that ended shortly before the instant, or later, or last."""
    first = min(changed.values()) - 2 * JOINS
    recent = AreaOutage.objects.filter(Q(ended_at=None) | Q(ended_at__gte=first), area__in=list(changed))
    found: dict[int, list[AreaOutage]] = defaultdict(list)
    for row in recent.order_by("started_at", "id"):
        if row.ended_at is None or row.ended_at >= changed[row.area_id] - 2 * JOINS:
            found[row.area_id].append(row)
    return found


def _heard(areas: Iterable[int]) -> Mapping[int, int]:
    """How many devices hang in each area that were ever heard of."""
    rows = Installation.objects.filter(
        period__contains=timezone.now(), metering_point__transformer_area__in=list(areas),
        metering_point__energy_type=EnergyType.ELECTRICITY, device__contact__last_contact_at__isnull=False,
    )  # fmt: skip
    counted = rows.order_by().values_list("metering_point__transformer_area").annotate(Count("pk"))
    return defaultdict(int, dict(counted))


def _downs(since: Mapping[int, datetime]) -> Mapping[int, list[Down]]:
    """Outages of devices in each area that lasted at its instant or began later."""
    rows = Outage.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=min(since.values())), metering_point__transformer_area__in=list(since)
    )
    found: dict[int, list[Down]] = defaultdict(list)
    columns = ("metering_point__transformer_area", "pk", "device_id", "started_at", "ended_at")
    for area, pk, device, start, end in rows.order_by("started_at", "id").values_list(*columns):
        if end is None or end > since[area]:
            found[area].append(Down(pk, device, start, end))
    return found


def _kept(found: Sequence[tuple[_Area, Cluster]]) -> list[tuple[AreaOutage, _Area, Cluster]]:
    """For each cluster the row it had, which is the first on file that overlaps it, or a fresh one."""
    taken: set[int] = set()
    rows = []
    for area, cluster in found:
        known = (row for row in area.known if row.pk not in taken and _overlap(row, cluster))
        row = next(known, None) or AreaOutage(area_id=area.id)
        taken |= {row.pk} if row.pk else set()
        rows.append((row, area, cluster))
    return rows


def _overlap(row: AreaOutage, cluster: Cluster) -> bool:
    return (row.ended_at is None or cluster.start <= row.ended_at) and (
        cluster.end is None or row.started_at <= cluster.end
    )


def _written(rows: Sequence[tuple[AreaOutage, _Area, Cluster]]) -> list[AreaOutage]:
    planned = _planned({area.id for _, area, _ in rows})
    for row, area, cluster in rows:
        row.started_at, row.ended_at, row.most_at_once = cluster.start, cluster.end, cluster.most
        row.devices = len({down.device for down in cluster.members})
        row.heard = max(area.heard, row.devices)  # who tells of a failure was heard, whatever hangs there now
        row.planned = next((each for each in planned[area.id] if _announced(each, cluster.start)), None)
    new = [row for row, _, _ in rows if row.pk is None]
    old = [row for row, _, _ in rows if row.pk is not None]
    AreaOutage.objects.bulk_create(new)
    fields = ["started_at", "ended_at", "most_at_once", "devices", "heard", "planned"]
    AreaOutage.objects.bulk_update(old, fields, batch_size=500)
    return new


def _planned(areas: Collection[int]) -> Mapping[int, list[PlannedOutage]]:
    found: dict[int, list[PlannedOutage]] = defaultdict(list)
    for row in PlannedOutage.objects.filter(area__in=areas).order_by("starts_at"):
        found[row.area_id].append(row)
    return found


def _announced(planned: PlannedOutage, start: datetime) -> bool:
    return planned.starts_at - EARLY <= start < planned.ends_at


def _bind(areas: Sequence[_Area], rows: Sequence[tuple[AreaOutage, Cluster]]) -> None:
    """Give the outages of devices, and the events that told of them, to that of their area; free the others."""
    owner = {down.id: row.pk for row, cluster in rows for down in cluster.members}
    ids = [down.id for area in areas for down in area.downs if down.start >= area.since]
    bound: list[Any] = [owner.get(each) for each in ids]
    with connection.cursor() as cursor:
        cursor.execute(_BIND, [ids, bound])
        cursor.execute(_BIND_EVENTS, [ids, list(KINDS), SAME.total_seconds(), SAME.total_seconds()])
