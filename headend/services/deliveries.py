"""Counting deliveries: per utility, local day, transformer area and device model, once each moment has passed.

Data flow: days not counted yet whose moment has passed → what is due of the day and was there then → sums by area and
model → rows. Counting is exact whenever it is done, so two processes that count the same store the same.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from access import audit
from access.models import User, Utility
from devices.models import Device
from headend.deliveries import By, delivered, moments
from headend.due import Due, Ints
from headend.models import DeliveryCount, Exclusion
from metering.models import MeteringPoint

LOOK_BACK_DAYS = 35
"""Days further back are not counted any more: what was counted of them stays."""
COUNTS_AT_ONCE = 40
"""Of one call; the next one goes on."""


def count_deliveries(now: datetime | None = None) -> int:
    """Count what has become countable, the latest days first; returns how many days were counted."""
    found = 0
    for utility in Utility.objects.all():
        for day, by in _open(utility, now or timezone.now()):
            count_day(utility, day, by)
            found += 1
            if found >= COUNTS_AT_ONCE:
                return found
    return found


@transaction.atomic
def count_day(utility: Utility, day: date, by: By) -> None:
    """Count one local day by one moment and keep the counts."""
    _lock(utility)
    owed, present = delivered(utility, day, moments(utility, day, by))
    rows = [DeliveryCount(utility=utility, day=day, by=by, expected=0, present=0, excluded=0)]
    rows += _rows(utility, day, by, owed, present)
    DeliveryCount.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def exclude(*, device: Device, first: date, last: date | None, reason: str, user: User) -> Exclusion:
    """Leave values of a device out of the delivery from `first` to `last`; what was counted of these days is void."""
    row = Exclusion(device=device, first_day=first, last_day=last, reason=reason, created_by=user)
    row.full_clean()
    row.save()
    summary = f"{device} from {first} {f'to {last}' if last else 'on'}: {reason}"
    audit.record("excluded from delivery", summary, user=user, utility=device.utility, target=device)
    forget(device.utility, first, last)
    return row


def forget(utility: Utility, first: date, last: date | None) -> None:
    """Have the days `first` to `last` counted anew; not those that are not counted any more. In a transaction."""
    _lock(utility)
    first = max(first, timezone.now().astimezone(utility.zone).date() - timedelta(days=LOOK_BACK_DAYS))
    counted = DeliveryCount.objects.filter(utility=utility, day__gte=first)
    (counted.filter(day__lte=last) if last else counted).delete()


def _lock(utility: Utility) -> None:
    """A count under way ends before what it counted is forgotten, and none begins before what changed is there."""
    Utility.objects.select_for_update(no_key=True).get(pk=utility.pk)


def _open(utility: Utility, now: datetime) -> Iterator[tuple[date, By]]:
    """Days and moments that have passed and are not counted yet, the latest first."""
    today = now.astimezone(utility.zone).date()
    first = today - timedelta(days=LOOK_BACK_DAYS)
    counted = set(DeliveryCount.objects.filter(utility=utility, day__gte=first).values_list("day", "by").distinct())
    for number in range(1, LOOK_BACK_DAYS + 1):
        day = today - timedelta(days=number)
        for by in By:
            if (day, by.value) not in counted and (at := moments(utility, day, by)) and max(at.values()) <= now:
                yield day, by


def _rows(utility: Utility, day: date, by: By, owed: Due, present: Ints) -> Iterator[DeliveryCount]:
    """The counts of every area and model with anything due."""
    models, model_of = _codes(
        owed.devices, dict(Device.objects.filter(utility=utility).values_list("pk", "model__code"))
    )
    areas, area_of = _codes(
        owed.points, dict(MeteringPoint.objects.filter(utility=utility).values_list("pk", "transformer_area__code"))
    )
    group = area_of * len(models) + model_of
    size = len(areas) * len(models)
    left_out = np.isin(owed.devices, _excluded(utility, day))
    due_of = owed.counts()
    expected, there, excluded = (
        np.bincount(group, each, minlength=size).astype(np.int64).tolist()
        for each in (due_of * ~left_out, present * ~left_out, due_of * left_out)
    )
    for row in np.unique(group).tolist():
        yield DeliveryCount(
            utility=utility, day=day, by=by, area=areas[row // len(models)], model=models[row % len(models)],
            expected=expected[row], present=there[row], excluded=excluded[row],
        )  # fmt: skip


def _codes(ids: Ints, code_of: dict[int, str | None]) -> tuple[list[str], Ints]:
    """The codes there are, and of each id the row of its code."""
    unique, rows = np.unique(ids, return_inverse=True)
    codes = [code_of.get(pk) or "" for pk in unique.tolist()]
    names = sorted(set(codes))
    row_of = {name: row for row, name in enumerate(names)}
    numbers = np.array([row_of[code] for code in codes], np.int64)
    return names, numbers[rows] if numbers.size else rows.astype(np.int64)


def _excluded(utility: Utility, day: date) -> list[int]:
    rows = Exclusion.objects.filter(
        Q(last_day=None) | Q(last_day__gte=day), device__utility=utility, first_day__lte=day
    )
    return list(rows.values_list("device", flat=True))
