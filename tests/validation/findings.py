"""Builders of findings with real values under them: a spike, a gap, and the rule and group they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from access.models import User, Utility
from devices.models import Device
from metering.intervals import local_day, to_instant, to_seconds
from metering.models import Series
from metering.quality import Quality
from metering.store import NO_VALUE, Origin, place, write
from tests import factories as make
from tests.metering.pages.world import World, build
from validation.models import Finding, ResultGroup, Rule, RuleSet
from validation.stretches import pack

DAY = date(2026, 10, 25)
"""The day of 25 hours in Helsinki."""
DAY_BEFORE = timedelta(days=1)
USUAL, SPIKE, LIMIT = 100, 13_200, 4_100.0
SPIKE_SLOT = 60


@dataclass(frozen=True)
class Queue:
    """A world with a device in the north, a spike there (`spike`, rejected) and a gap of four intervals (`gap`)."""

    world: World
    device: Device
    rule: Rule
    group: ResultGroup
    spike: Finding
    gap: Finding

    @property
    def series(self) -> Series:
        return self.world.consumption

    @property
    def anna(self) -> User:
        """She operates meters of the whole utility."""
        return self.world.anna


def build_queue() -> Queue:
    """Make the rows and store the values of three days."""
    world = build()
    group = ResultGroup.objects.create(utility=world.utility, name="Spikes", due_hours=24)
    rule = make_rule(world.utility, group=group)
    device = make.make_device(world.utility, world.north.segment)
    make.make_installation(device, world.north)
    Device.objects.filter(pk=device.pk).update(state=Device.State.IN_OPERATION)
    values = [USUAL + slot % 7 for slot in range(100)]
    values[SPIKE_SLOT] = SPIKE
    quality = [int(Quality.MEASURED)] * 100
    quality[SPIKE_SLOT] = int(Quality.REJECTED)
    for slot in range(20, 24):
        values[slot] = NO_VALUE
    store_local_day(world.consumption, DAY - DAY_BEFORE, [USUAL] * 96)
    store_local_day(world.consumption, DAY, values, quality)
    store_local_day(world.consumption, DAY + DAY_BEFORE, [USUAL] * 96)
    spike = make_finding(world.consumption, [SPIKE_SLOT], rule=rule, value=SPIKE, limit=LIMIT)
    gap = make_finding(
        world.consumption, range(20, 24), rule=make_rule(world.utility, "Missing", "missing"), value=None, limit=None
    )
    return Queue(world, device, rule, group, spike, gap)


def make_rule(utility: Utility, name: str = "Spike", condition: str = "spike", **fields: Any) -> Rule:
    """A rule of the set "Usual" of the utility, after the others."""
    rule_set, _ = RuleSet.objects.get_or_create(utility=utility, code="usual", defaults={"name": "Usual"})
    fields.setdefault("position", rule_set.rules.count() + 1)
    return Rule.objects.create(rule_set=rule_set, name=name, condition=condition, **fields)


def make_finding(series: Series, slots: Sequence[int] = (0,), *, rule: Rule | None = None, **fields: Any) -> Finding:
    """An open exception on `DAY` unless said otherwise; `slots` are intervals of the local day."""
    day = fields.pop("day", DAY)
    found, now = rule or make_rule(series.metering_point.utility), timezone.now()
    first = starts_of(series, day)[list(slots)]
    fields = {
        "rule_set": found.rule_set, "rule_name": found.name, "condition": found.condition, "group": found.group,
        "severity": found.severity, "action": found.action, "found_at": now,
        "due_at": now + timedelta(days=2), "value": USUAL, "limit": LIMIT, **fields,
    }  # fmt: skip
    return Finding.objects.create(
        series=series, day=day, rule=found, slots=bitmap(series, day, slots), count=len(slots),
        first_at=to_instant(int(first[0])), worst_at=to_instant(int(first[0])), **fields,
    )  # fmt: skip


def bitmap(series: Series, day: date, slots: Sequence[int]) -> bytes:
    failing = np.zeros(len(starts_of(series, day)), np.bool_)
    failing[list(slots)] = True
    return pack(failing)


def starts_of(series: Series, day: date) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Where the intervals of a local day begin, seconds since 1970."""
    start, end = local_day(day, series.metering_point.utility.zone)
    return np.arange(to_seconds(start), to_seconds(end), series.interval_s, dtype=np.int64)


def store_local_day(series: Series, day: date, values: Sequence[int], quality: Sequence[int] | None = None) -> None:
    """Store one value per interval of a local day (`NO_VALUE`: none), as if a meter had sent them."""
    given = np.array(values, np.int64)
    there = given != NO_VALUE
    codes = np.zeros(len(given), np.uint8) if quality is None else np.array(quality, np.uint8)
    placed = place(series.interval_s, series.pk, starts_of(series, day)[there], given[there], codes[there])
    write(placed.batch, origin=Origin(message="load profile"))
