"""Multipliers of meters: what changes one derives consumption again."""

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.db import transaction

from access import audit
from access.models import User
from metering.models import Multiplier, Series
from metering.store import Counts, Origin, Span, change_rules

_DAY = dt.timedelta(days=1)


@transaction.atomic
def set_multiplier(*, multiplier: Multiplier, user: User | None = None) -> Counts:
    """From its instant on, until the next multiplier of the meter, what the meter counts is multiplied by this one.

    One that is there for the same second is corrected: consumption is derived anew, its former values are kept as
    versions. Returns what became of the consumption. ValidationError where numerator or denominator is not between 1
    and 1,000,000.
    """
    multiplier.valid_from = multiplier.valid_from.replace(microsecond=0)
    multiplier.full_clean(validate_unique=False, validate_constraints=False)
    counts = _changed(multiplier, partial(_save, multiplier), user)
    _record("set", multiplier, user)
    return counts


def _save(row: Multiplier) -> None:
    if row.pk:
        row.save()
        return
    Multiplier.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["metering_point", "source", "valid_from"],
        update_fields=["numerator", "denominator", "reason"],
    )


@transaction.atomic
def remove_multiplier(*, multiplier: Multiplier, user: User | None = None) -> Counts:
    """As if the multiplier had never been: the one before it holds on. Returns what became of the consumption."""
    _record("removed", multiplier, user)
    return _changed(multiplier, multiplier.delete, user)


def _changed(row: Multiplier, change: Callable[[], object], user: User | None) -> Counts:
    origin = Origin(user_id=None if user is None else user.pk, rule="multiplier", message=f"{row}: {row.reason}"[:200])
    stands = Series.objects.filter(metering_point=row.metering_point, source=row.source, kind=Series.Kind.STAND)
    ids = list(stands.exclude(feeds=None).values_list("pk", flat=True))
    return change_rules([Span(ids, start=row.valid_from - _DAY)], change=change, origin=origin)


def _record(verb: str, row: Multiplier, user: User | None) -> None:
    point = row.metering_point
    audit.record(verb, f"Multiplier {row} {verb} at {point}", user=user, utility=point.utility, target=point)
