"""Which rule set is meant for which series: that of the series, else of its group, type of customer, utility."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Model, Q
from django.db.models.expressions import RawSQL
from numpy.typing import NDArray

from devices.models import DeviceGroup
from validation.models import Assignment, Rule, RuleSet
from validation.models.rules import Role
from validation.services.traits import Traits, in_group, traits_of
from validation.window import Bools, Ints

_OF_SERIES = 0
"""The rank of assignments to single series."""


@dataclass(frozen=True, slots=True, eq=False)
class Holding:
    """Which of `rows` holds for each series: `index` intp (n,), -1 = none."""

    series_ids: Ints
    rows: tuple[Assignment, ...]
    index: NDArray[np.intp]

    def of(self, series_id: int) -> Assignment | None:
        """The assignment that holds for a series."""
        (number,) = self.index[self.series_ids == series_id].tolist()
        return None if number < 0 else self.rows[number]


def assigned(
    series_ids: Sequence[int] | Ints, role: str, day: dt.date, *, kind: str = RuleSet.Kind.PROFILE
) -> dict[int, Ints]:
    """The series each rule set is meant for on a day, by its id; series without a set are left out.

    A query for the series, one for the assignments, and one for each group that something is assigned to.
    """
    held = holding(series_ids, role, day, kind=kind)
    sets = np.array([*(row.rule_set_id for row in held.rows), 0], np.int64)[held.index]
    return {pk: held.series_ids[sets == pk] for pk in np.unique(sets).tolist() if pk}


def holding(series_ids: Sequence[int] | Ints, role: str, day: dt.date, *, kind: str = RuleSet.Kind.PROFILE) -> Holding:
    """The assignments that hold for these series (each once, ascending) on a day, of sets of one kind.

    A set for periodic values and one for profile values may be meant for the same utility. KeyError for a series there
    is not.
    """
    traits = traits_of(np.unique(np.asarray(series_ids, np.int64)), day)
    rows = _offered(traits, role, kind)
    index = _single(traits, rows)
    for number, row in enumerate(rows):
        if row.rank != _OF_SERIES and (index < 0).any():
            index[_fits(row, traits, day, index < 0)] = number
    return Holding(traits.series_ids, rows, index)


def final_by(series_ids: Ints, day: dt.date, today: dt.date) -> Ints:
    """The series whose values of a day are final by `today`: so many days after it as their own assignment says."""
    if not len(series_ids):
        return series_ids
    held = [holding(series_ids, Role.FINAL, day, kind=kind) for kind in RuleSet.Kind.values]
    due = [_due(each, (today - day).days) for each in held]
    return held[0].series_ids[np.logical_or.reduce(due)]


def _due(held: Holding, days: int) -> Bools:
    """bool (n,): series that something holds for which is due after so many days."""
    ready: Bools = np.array([*(row.days_after <= days for row in held.rows), False], np.bool_)[held.index]
    return ready


def aimed_at(group: DeviceGroup) -> list[Model]:
    """Assignments and rules that are meant for a group: it cannot be deleted meanwhile."""
    rules = Rule.objects.filter(rule_set__utility=group.utility_id, eligibility__groups__contains=group.pk)
    return [*Assignment.objects.filter(group=group).select_related("rule_set"), *rules]


def _offered(traits: Traits, role: str, kind: str) -> tuple[Assignment, ...]:
    """The assignments any of these series may fall under, the first that fits holds."""
    asked = RawSQL("SELECT unnest(%s::bigint[])", [traits.series_ids.tolist()])
    rows = Assignment.objects.filter(
        Q(series__isnull=True) | Q(series__in=asked),
        role=role, rule_set__kind=kind, utility__in=np.unique(traits.utilities).tolist(),
    )  # fmt: skip
    found = rows.select_related("rule_set", "group")
    return tuple(sorted(found, key=lambda each: (each.rank, each.priority, each.pk)))


def _single(traits: Traits, rows: Sequence[Assignment]) -> NDArray[np.intp]:
    """intp (n,): the assignments to single series, which may be as many as there are series."""
    index = np.full(len(traits.series_ids), -1)
    energies = dict(zip(traits.series_ids.tolist(), traits.energy_types.tolist(), strict=True))
    for number in reversed([number for number, row in enumerate(rows) if row.rank == _OF_SERIES]):
        series = rows[number].series_id or 0
        if rows[number].energy_type in ("", energies[series]):
            index[np.searchsorted(traits.series_ids, series)] = number
    return index


def _fits(row: Assignment, traits: Traits, day: dt.date, among: Bools) -> Bools:
    """bool (n,): series of `among` that an assignment is meant for."""
    fits: Bools = among & (traits.utilities == row.utility_id)
    if row.energy_type:
        fits &= traits.energy_types == row.energy_type
    if row.customer_type:
        fits &= traits.customer_types == row.customer_type
    if row.group is not None and fits.any():
        fits[fits] = in_group(row.group, traits.series_ids[fits], day)
    return fits
