"""The part of a line that is kept in the metering point or the device itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from django.db.models import Model, QuerySet

from access import bulk
from access.models import Segment, Utility
from integration.imports.masterdata import cells
from integration.imports.masterdata.effects import changed, made, thawed
from integration.imports.masterdata.fields import Field
from integration.imports.masterdata.kinds import Part
from integration.imports.masterdata.lookups import given, lost_zeros, named
from integration.imports.masterdata.plans import Plan, taken


def own_field(model: type[Model], name: str, label: str, *words: str, empty: Any = ..., upper: bool = False) -> Field:
    """A field that is kept in the column of its name; see `Field`."""
    return Field(name, label, cells.column(model, name, upper=upper), words, name, empty)


SEGMENT = Field(
    "segment", "Segment", cells.words, ("bereich", "segmentti", "alue", "delområde"), empty=None,
    shown=lambda segment: segment.code,
)  # fmt: skip
"""Metering points and devices both lie in one."""


class OwnColumns(Part):
    """Meets the rows that are there, begins new ones, and gives their columns what the lines say."""

    model: type[Model]
    key: str
    fields: tuple[Field, ...]
    elsewhere = "this number is taken by something that is not open to you"

    def plan(self) -> None:
        self._meet()
        self.refer()
        for plan in taken(self.plans):
            for field in self.fields:
                if field.column and field.name in plan.given:
                    self._fit(plan, field)
        self.judge()

    def refer(self) -> None:
        """Give columns that refer to other rows what the lines name."""

    def judge(self) -> None:
        """Refuse what no row of the model may be."""

    @abstractmethod
    def rows(self) -> QuerySet[Any]:
        """The rows of the utility that may be changed, with what they refer to."""

    @abstractmethod
    def names_taken(self, numbers: set[str]) -> set[str]:
        """Of these numbers, those that belong to rows that may not be changed."""

    def _meet(self) -> None:
        numbers = {plan.number for plan in self.plans}
        rows = self.rows().filter(**{f"{self.key}__in": numbers})
        if self.scene.storing:
            rows = rows.select_for_update(of=("self",)).order_by("pk")
        there = {getattr(row, self.key): row for row in rows}
        closed = self.names_taken(numbers - there.keys())
        for plan in self.plans:
            plan.target = there.get(plan.number)
            if plan.target is None:
                self._begin(plan, plan.number in closed)

    def _begin(self, plan: Plan, is_taken: bool) -> None:
        plan.is_new = True
        plan.target = self.model(**{"utility": self.scene.row.utility, self.key: plan.number})
        if is_taken:
            plan.refuse(self.elsewhere, self.scene.heading(self.key))

    def _fit(self, plan: Plan, field: Field) -> None:
        text = plan.given[field.name]
        value = field.empty if text is None else thawed(self.model, field.column, text)
        before = getattr(plan.target, field.column)
        if not plan.is_new and lost_zeros(before, value):
            reason = f"zeros at its beginning were lost on the way: {before} stays. Format the column as text"
            plan.repair(reason, self.scene.heading(field.name), str(value))
            return
        setattr(plan.target, field.column, value)
        if plan.is_new:
            plan.change(field.label, "", field.shown(value))
        elif before != value:
            plan.before[field.column] = before
            plan.change(field.label, field.shown(before), field.shown(value))

    def link(self, name: str, rows: Mapping[str, Model], missing: str) -> None:
        """Give the relation `name` the row each line names; lines that name none of `rows` are refused.

        A row that is not stored yet, because this file brings it, has no key: the relation then says so by itself.
        """
        field = next(each for each in self.fields if each.name == name)
        for plan in taken(self.plans):
            text = plan.given.get(name)
            if text is not None and text not in rows:
                plan.refuse(missing, self.scene.heading(name), text)
            elif name in plan.given:
                self._relate(plan, field, None if text is None else rows[text])

    def link_segments(self) -> None:
        """Give the rows the segments lines name by their codes."""
        segments = named(self.scene.of_utility(Segment), "code", given(self.plans, "segment"))
        self.link("segment", segments, "there is no segment of this code")

    def _relate(self, plan: Plan, field: Field, row: Model | None) -> None:
        former: Model | None = getattr(plan.target, field.name, None)
        if former == row:
            return
        setattr(plan.target, field.name, row)
        before, after = ("" if each is None else field.shown(each) for each in (former, row))
        if not plan.is_new:
            plan.before[f"{field.name}_id"] = None if former is None else former.pk
        plan.change(field.label, before, after if row is None or row.pk else f"{after} (new)")

    def store(self) -> None:
        plans = taken(self.plans)
        new = [plan for plan in plans if plan.is_new]
        bulk.create([plan.target for plan in new if plan.target is not None], user=self.scene.user)
        for plan in new:
            assert plan.target is not None
            plan.effects.append(made(plan.target))
        self._store_changed([plan for plan in plans if plan.before])

    def _store_changed(self, plans: list[Plan]) -> None:
        changes = [bulk.Changed(plan.target, plan.before) for plan in plans if plan.target is not None]
        bulk.update(changes, user=self.scene.user)
        for plan in plans:
            assert plan.target is not None
            plan.effects.append(changed(plan.target, plan.before))

    @property
    def utility(self) -> Utility:
        """Whose rows these are."""
        return self.scene.row.utility
