"""What the limited segments carry now, for people and for Prometheus."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from access.models import User
from devices.models import Device
from headend.models import JobItem, SegmentLimit
from headend.permits.limits import Limit, limit_of, read_limits
from headend.permits.segments import APN, CELL, CONCENTRATOR, Segment, named
from headend.permits.valkey import Server, Use
from headend.steps import WAITS_FOR_SEGMENT

KINDS: Mapping[str, str] = {str(kind): str(kind.label) for kind in SegmentLimit.Kind}
MOST = 200
"""So many segments are shown, those with most waiting first."""


@dataclass(frozen=True, slots=True)
class Load:
    """One segment: its limit, what is in use, and how many devices wait for it."""

    use: Use
    limit: Limit
    waiting: int

    @property
    def kind(self) -> str:
        return KINDS.get(self.use.segment.kind, self.use.segment.kind)

    @property
    def name(self) -> str:
        return self.use.segment.name

    @property
    def is_full(self) -> bool:
        """Whether nothing but on-demand reading may begin there."""
        room = self.limit.room(urgent=False)
        return room is not None and self.use.sessions >= room


def loads(user: User, now: datetime) -> list[Load]:
    """The limited segments in which `user` may see a device, fullest first. RedisError while Valkey is away."""
    limits, uses = read_limits(), {use.segment: use for use in Server().use()}
    uses |= {segment: Use(segment, 0, 0, 0, 0.0) for segment in limits if segment.name and segment not in uses}
    seen, waiting = _visible(user, uses), _waiting(user, now)
    found = [Load(uses[each], limit, waiting[each]) for each in seen if (limit := limit_of(limits, each)) is not None]
    return sorted(found, key=lambda load: (-load.waiting, -load.use.sessions, load.use.segment))[:MOST]


def _visible(user: User, segments: Collection[Segment]) -> set[Segment]:
    """Those in which the user may see a device. Three queries."""
    devices = Device.objects.visible_to(user)
    names = {kind: set(named(kind, segments)) for kind in KINDS}
    columns = ((CONCENTRATOR, "serial_number"), (CELL, "cell"), (APN, "apn"))
    return {
        Segment(str(kind), name)
        for kind, column in columns
        for name in devices.filter(**{f"{column}__in": names[str(kind)]}).values_list(column, flat=True)
    }


def _waiting(user: User, now: datetime) -> Counter[Segment]:
    """How many devices wait for each segment, slave meters where their masters are. One query."""
    items = JobItem.objects.visible_to(user).filter(
        Q(job__expires_at__gt=now), state=JobItem.State.WAITING, step=WAITS_FOR_SEGMENT
    )
    way = {name: _on_the_way(name) for name in ("cell", "apn")}
    serial = Coalesce("device__concentrator__serial_number", "device__master__concentrator__serial_number")
    counted = items.order_by().annotate(way=serial, **way).values_list("way", "cell", "apn").annotate(Count("pk"))
    found: Counter[Segment] = Counter()
    for *names, count in counted:
        for kind, name in zip((CONCENTRATOR, CELL, APN), names, strict=True):
            if name:
                found[Segment(str(kind), name)] += count
    return found


def _on_the_way(column: str) -> Coalesce:
    """A column of the device that is called: the concentrator on the way, else the master, else the device."""
    hops = ("master__concentrator__", "concentrator__", "master__", "")
    return Coalesce(*(f"device__{hop}{column}" for hop in hops))


class SegmentCollector(Collector):
    """Sums per kind of segment, asked of Valkey when Prometheus asks; nothing while it is away.

    Segments are many; which one it is, the page tells.
    """

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        try:
            uses = Server().use()
        except RedisError:
            return
        sessions = GaugeMetricFamily("openaim_segment_sessions", "Sessions in limited segments.", labels=["kind"])
        granted = CounterMetricFamily("openaim_segment_granted", "Permits given to sessions.", labels=["kind"])
        refused = CounterMetricFamily("openaim_segment_refused", "Permits refused to sessions.", labels=["kind"])
        for kind in KINDS:
            of = [use for use in uses if use.segment.kind == kind]
            sessions.add_metric([kind], sum(use.sessions for use in of))
            granted.add_metric([kind], sum(use.granted for use in of))
            refused.add_metric([kind], sum(use.refused for use in of))
        yield from (sessions, granted, refused)


def register(registry: CollectorRegistry) -> None:
    """Have `/metrics` tell of segments too."""
    registry.register(SegmentCollector())
