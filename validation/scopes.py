"""Which series a run is over: plain data that a run keeps, and what it stands for now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from access.models import Segment, Utility
from devices.groups import devices_of
from devices.models import DeviceGroup, Installation
from metering.models import Series
from validation.models import Finding, ResultGroup, RuleSet

MOST_NAMED = 20_000
"""So many series may be named one by one; beyond, a group or a segment says it better."""

Scope = Mapping[str, Any]


def series_in(scope: Scope, utility: Utility) -> QuerySet[Series]:
    """The profile series of `utility` that are meant now and can be judged, whoever asks.

    Stands are raw; what is judged is the consumption derived from them.
    """
    rows = Series.objects.filter(periodicity=Series.Periodicity.INTERVAL).exclude(kind=Series.Kind.STAND)
    return _within(rows, scope, utility)


def periodic_series_in(scope: Scope, utility: Utility) -> QuerySet[Series]:
    """The periodic series of `utility` that are meant now, whoever asks: register values are judged, stands too."""
    return _within(Series.objects.exclude(periodicity=Series.Periodicity.INTERVAL), scope, utility)


def judged_in(
    scope: Scope, utility: Utility, rule_set: RuleSet | None = None, *, dry: bool = False
) -> QuerySet[Series]:
    """The series a run judges: profile series and periodic ones, or those a set that is named is for.

    A what-if is over profile series: the values of others are only flagged.
    """
    if rule_set is None and not dry:
        rows = Series.objects.exclude(periodicity=Series.Periodicity.INTERVAL, kind=Series.Kind.STAND)
        return _within(rows, scope, utility)
    periodic = rule_set is not None and rule_set.kind == RuleSet.Kind.PERIODIC
    return periodic_series_in(scope, utility) if periodic else series_in(scope, utility)


def _within(rows: QuerySet[Series], scope: Scope, utility: Utility) -> QuerySet[Series]:
    rows = rows.filter(metering_point__utility=utility)
    if "series" in scope:
        return rows.filter(pk__in=scope["series"])
    if "group" in scope:
        return rows.filter(metering_point__in=_points_of(scope["group"], utility))
    if "result_group" in scope:
        waiting = Finding.objects.filter(group=scope["result_group"], state__in=Finding.WAITING)
        return rows.filter(pk__in=waiting.order_by().values("series"))
    return rows.filter(metering_point__segment=scope["segment"]) if "segment" in scope else rows


def _points_of(group_id: int, utility: Utility) -> QuerySet[Any, Any]:
    """Ids of the metering points where a device of the group hangs now; none for a group there is not."""
    hanging = Installation.objects.filter(period__endswith__isnull=True)
    group = DeviceGroup.objects.filter(pk=group_id, utility=utility).first()
    if group is None:
        return hanging.none().values("metering_point")
    return hanging.filter(device__in=devices_of(group).order_by()).order_by().values("metering_point")


def scope_words(scope: Scope) -> str:
    """What a run is over, for people: "group Espoo north"."""
    if "series" in scope:
        count = len(scope["series"])
        return f"{count:,} chosen series"
    named: tuple[tuple[str, str, type[DeviceGroup | ResultGroup | Segment]], ...] = (
        ("group", "group", DeviceGroup), ("result_group", "result group", ResultGroup), ("segment", "segment", Segment),
    )  # fmt: skip
    for key, word, model in named:
        if key in scope:
            row = model._default_manager.filter(pk=scope[key]).first()
            return f"{word} {row}" if row else f"a {word} that is gone"
    return "the whole utility"
