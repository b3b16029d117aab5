"""Stands at the boundaries of meters: where one was exchanged, installed or taken down."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction

from access import audit
from access.models import User
from metering.models import BoundaryStand, MeasuredProperty, MeteringPoint, Series
from metering.services.registers import hold_points
from metering.store import Counts, Origin, Span, change_rules

_DAY = dt.timedelta(days=1)
_Side = BoundaryStand.Side


@dataclass(frozen=True, slots=True)
class ExchangedRegister:
    """One register in an exchange: what it showed on the old meter at the end and on the new one at the beginning.

    Stands are in the unit of the property; None where nobody noted them.
    """

    measured_property: MeasuredProperty
    final: Decimal | None = None
    initial: Decimal | None = None


@transaction.atomic
def record_exchange(
    *,
    metering_point: MeteringPoint,
    at: dt.datetime,
    old: str,
    new: str,
    registers: Sequence[ExchangedRegister],
    user: User | None = None,
) -> Counts:
    """The meter `old` was replaced by `new` (serial numbers, as in the source of series) at `at`.

    From then on nothing is derived from the old one and before it nothing from the new one; the interval of the
    exchange is (final − stand of the old one before) + (stand of the new one after − initial), and missing where one of
    these is unknown. Profile data may come before or after, and series need not exist yet. Recorded again it is
    corrected. Returns what became of the consumption. ValidationError where a register is named twice or a stand has
    more digits than one can have.
    """
    at = at.replace(microsecond=0)
    if len({register.measured_property.pk for register in registers}) < len(registers):
        raise ValidationError("A register is named twice in the exchange.")
    boundaries = [
        BoundaryStand(
            metering_point=metering_point, measured_property=r.measured_property, source=source, at=at, side=side,
            value=value,
        )
        for r in registers
        for source, side, value in ((old, _Side.FINAL, r.final), (new, _Side.INITIAL, r.initial))
    ]  # fmt: skip
    for row in boundaries:
        row.full_clean(validate_unique=False, validate_constraints=False)
    counts = _change(boundaries, partial(_save, boundaries), user, f"meter {old} exchanged for {new}")
    summary = f"Meter {old} exchanged for {new} at {metering_point}: {len(registers)} registers"
    audit.record("exchanged", summary, user=user, utility=metering_point.utility, target=metering_point)
    return counts


@transaction.atomic
def record_boundaries(*, boundaries: Sequence[BoundaryStand], user: User | None = None) -> Counts:
    """What many registers showed where they began or ended to count; one of the same instant and side is corrected.

    New ones have their keys afterwards. Returns what became of the consumption.
    """
    for row in boundaries:
        row.at = row.at.replace(microsecond=0)
        row.clean_fields(exclude=["metering_point", "measured_property"])
    return _change_many(boundaries, partial(_save, boundaries), user, f"{len(boundaries)} stands recorded")


@transaction.atomic
def remove_boundaries(*, boundaries: Sequence[BoundaryStand], user: User | None = None) -> Counts:
    """As if nothing had been recorded for these registers there."""
    gone = BoundaryStand.objects.filter(pk__in=[row.pk for row in boundaries])
    return _change_many(boundaries, gone.delete, user, f"{len(boundaries)} stands removed")


def _change_many(
    boundaries: Sequence[BoundaryStand], change: Callable[[], object], user: User | None, message: str
) -> Counts:
    if not boundaries:
        return Counts()
    counts = _change(boundaries, change, user, message)
    audit.record("boundaries", message, user=user, utility=boundaries[0].metering_point.utility)
    return counts


@transaction.atomic
def record_boundary(*, boundary: BoundaryStand, user: User | None = None) -> Counts:
    """What one register showed where it began or ended to count; one of the same instant and side is corrected."""
    boundary.at = boundary.at.replace(microsecond=0)
    boundary.full_clean(validate_unique=False, validate_constraints=False)
    save = boundary.save if boundary.pk else partial(_save, [boundary])
    counts = _change([boundary], save, user, str(boundary))
    _record("recorded", boundary, user)
    return counts


@transaction.atomic
def remove_boundary(*, boundary: BoundaryStand, user: User | None = None) -> Counts:
    """As if nothing had been recorded there."""
    counts = _change([boundary], boundary.delete, user, f"{boundary} removed")
    _record("removed", boundary, user)
    return counts


def _record(verb: str, row: BoundaryStand, user: User | None) -> None:
    point = row.metering_point
    audit.record(verb, f"{row} {verb} at {point}", user=user, utility=point.utility, target=point)


def _save(boundaries: Sequence[BoundaryStand]) -> None:
    BoundaryStand.objects.bulk_create(
        boundaries,
        update_conflicts=True,
        unique_fields=["metering_point", "measured_property", "source", "at", "side"],
        update_fields=["value"],
    )


def _change(
    boundaries: Sequence[BoundaryStand], change: Callable[[], object], user: User | None, message: str
) -> Counts:
    origin = Origin(user_id=None if user is None else user.pk, rule="exchange", message=message)
    hold_points(row.metering_point_id for row in boundaries)
    stands = _stands(boundaries)
    spans = [_touched(row, stands[_register(row)]) for row in boundaries]
    return change_rules(spans, change=change, origin=origin)


_Register = tuple[int, int, str]


def _register(row: BoundaryStand) -> _Register:
    return (row.metering_point_id, row.measured_property_id, row.source)


def _stands(boundaries: Sequence[BoundaryStand]) -> dict[_Register, list[int]]:
    """By register the ids of its series consumption is derived from. One query."""
    found: dict[_Register, list[int]] = {_register(row): [] for row in boundaries}
    rows = Series.objects.filter(
        metering_point__in={point for point, _, _ in found},
        measured_property__in={measured for _, measured, _ in found},
        source__in={source for _, _, source in found},
        kind=Series.Kind.STAND,
    )
    columns = ("pk", "metering_point", "measured_property", "source")
    for pk, point, measured, source in rows.exclude(feeds=None).values_list(*columns):
        if (point, measured, source) in found:
            found[point, measured, source].append(pk)
    return found


def _touched(boundary: BoundaryStand, ids: list[int]) -> Span:
    """What a boundary touches: all after a final stand and all before an initial one, and the day around it."""
    if boundary.side == _Side.FINAL:
        return Span(ids, start=boundary.at - _DAY)
    return Span(ids, end=boundary.at + _DAY)
