"""Multipliers of meters: what changes one derives consumption again."""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial

from django.db import transaction

from access import audit
from access.models import User
from metering.models import Multiplier
from metering.services.registers import hold_points
from metering.services.series import fed_stands
from metering.store import Counts, Origin, Span, change_rules

_DAY = dt.timedelta(days=1)


@transaction.atomic
def set_multiplier(*, multiplier: Multiplier, user: User | None = None) -> Counts:
    """From its instant on, until the next multiplier of the meter, what the meter counts is multiplied by this one.

    One that is there for the same second is corrected: consumption is derived anew, its former values are kept as
    versions. Returns what became of the consumption. ValidationError where numerator or denominator is not between 1
    and 1,000,000.
    """
    return set_multipliers(multipliers=[multiplier], user=user)


@transaction.atomic
def set_multipliers(*, multipliers: Sequence[Multiplier], user: User | None = None) -> Counts:
    """The same for many meters at once; new ones have their keys afterwards."""
    for row in multipliers:
        row.valid_from = row.valid_from.replace(microsecond=0)
        row.clean_fields(exclude=["metering_point"])
    counts = _changed(multipliers, partial(_save, multipliers), user)
    _record("set", multipliers, user)
    return counts


def _save(multipliers: Sequence[Multiplier]) -> None:
    new, there = [row for row in multipliers if not row.pk], [row for row in multipliers if row.pk]
    Multiplier.objects.bulk_create(
        new,
        update_conflicts=True,
        unique_fields=["metering_point", "source", "valid_from"],
        update_fields=["numerator", "denominator", "reason"],
    )
    Multiplier.objects.bulk_update(there, ["numerator", "denominator", "reason", "valid_from"])


@transaction.atomic
def remove_multiplier(*, multiplier: Multiplier, user: User | None = None) -> Counts:
    """As if the multiplier had never been: the one before it holds on. Returns what became of the consumption."""
    return remove_multipliers(multipliers=[multiplier], user=user)


@transaction.atomic
def remove_multipliers(*, multipliers: Sequence[Multiplier], user: User | None = None) -> Counts:
    """The same for many meters at once."""
    keys = [row.pk for row in multipliers]
    counts = _changed(multipliers, Multiplier.objects.filter(pk__in=keys).delete, user)
    _record("removed", multipliers, user)
    return counts


def _changed(rows: Sequence[Multiplier], change: Callable[[], object], user: User | None) -> Counts:
    if not rows:
        return Counts()
    message = f"{rows[0]}: {rows[0].reason}" if len(rows) == 1 else f"{len(rows)} meters"
    origin = Origin(user_id=None if user is None else user.pk, rule="multiplier", message=message[:200])
    hold_points(row.metering_point_id for row in rows)
    stands = fed_stands((row.metering_point_id, row.source) for row in rows)
    spans = [Span(stands[row.metering_point_id, row.source], start=row.valid_from - _DAY) for row in rows]
    return change_rules(spans, change=change, origin=origin)


def _record(verb: str, rows: Sequence[Multiplier], user: User | None) -> None:
    if len(rows) == 1:
        point = rows[0].metering_point
        audit.record(verb, f"Multiplier {rows[0]} {verb} at {point}", user=user, utility=point.utility, target=point)
    elif rows:
        utility = rows[0].metering_point.utility
        audit.record(verb, f"{len(rows)} multipliers {verb}", user=user, utility=utility)
