"""What a line of a file would do, and what it did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar, cast

from django.db.models import Model, QuerySet
from django.utils import timezone

from access.models import User
from access.querysets import permission_name
from aim.web.access import VisibleManager
from integration.formats.portion import Problem, Severity
from integration.imports.masterdata.columns import Layout
from integration.imports.masterdata.effects import Effect
from integration.models import FileImport, ImportRow
from metering.models import MeteringPoint

_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Hang:
    """Where a device hangs once its line is stored, since when, and under which serial number its values are kept."""

    point: MeteringPoint
    at: datetime
    source: str


@dataclass(slots=True)
class Plan:
    """One line on its way: what it gives, which row it means, what it changes, why it is refused.

    `target` is the row as it shall be, also one that does not exist yet (`is_new`); `before` has the former values of
    its columns that change.
    """

    id: int
    line: int
    number: str
    given: Mapping[str, Any]
    target: Model | None = None
    is_new: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    changes: list[list[str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    hang: Hang | None = None

    @classmethod
    def of(cls, row: ImportRow) -> Plan:
        return cls(row.pk, row.line, row.number, row.given)

    def refuse(self, reason: str, column: str = "", text: str = "") -> None:
        """Nothing of this line is taken."""
        self.problems.append(Problem(self.line, reason, column=column, text=text or self.number))

    def repair(self, reason: str, column: str, text: str) -> None:
        """The line is taken, but for this cell."""
        self.problems.append(Problem(self.line, reason, column=column, text=text, severity=Severity.REPAIRED, values=0))

    def change(self, label: str, before: str, after: str) -> None:
        """Say that a field gets another value."""
        self.changes.append([label, before, after])

    @property
    def refused(self) -> bool:
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def outcome(self) -> ImportRow.Outcome:
        if self.refused:
            return ImportRow.Outcome.REFUSED
        if self.is_new:
            return ImportRow.Outcome.NEW
        return ImportRow.Outcome.CHANGED if self.changes else ImportRow.Outcome.UNCHANGED


@dataclass(frozen=True)
class Scene:
    """What all lines of a page have in common. `storing`: what is planned will be written in this transaction."""

    row: FileImport
    layout: Layout
    storing: bool = False

    @cached_property
    def user(self) -> User | None:
        """On whose behalf: who confirmed the import, or gave the file."""
        return self.row.confirmed_by or self.row.created_by

    @cached_property
    def today(self) -> date:
        """The day it is for the utility."""
        return timezone.now().astimezone(self.row.utility.zone).date()

    def may(self, model: type[Model], action: str) -> bool:
        """Whether the person may do this with rows of the model; the system itself may."""
        return self.user is None or self.user.has_perm(permission_name(model, action))

    def of_utility(self, model: type[_Row], action: str = "view") -> QuerySet[_Row]:
        """Rows of the utility that are open to the person for this action; the system itself has all of them."""
        rows = model._default_manager.filter(utility=self.row.utility)
        return rows if self.user is None else cast("VisibleManager", rows).visible_to(self.user, action)

    def heading(self, name: str) -> str:
        """The heading of a field in this file."""
        return self.layout.columns.get(name, name)

    def local(self, at: datetime) -> str:
        """An instant as the utility writes it."""
        return at.astimezone(self.row.utility.zone).strftime("%Y-%m-%d %H:%M")

    def promised(self, numbers: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """Of these numbers those this file brings and is not refused for, with what their lines give.

        What is stored by now is found where it is stored: when storing, the file promises nothing.
        """
        wanted = list(numbers)
        if self.storing or not wanted:
            return {}
        rows = ImportRow.objects.filter(file_import=self.row, number__in=wanted, outcome__in=ImportRow.TAKEN)
        return dict(rows.values_list("number", "given"))


def taken(plans: Sequence[Plan]) -> list[Plan]:
    """Those that are not refused."""
    return [plan for plan in plans if not plan.refused]
