"""Files of metering points and devices, given, checked, stored and undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from access.models import User, Utility
from access.roles import ADMINISTRATOR
from integration.imports import run_check, run_store, run_undo
from integration.models import FileImport, ImportProblem, ImportRow
from integration.services.files import keep
from integration.services.steering import confirm_import, undo_import
from integration.services.uploads import Order, begin_import
from metering.gsrn import complete
from tests import factories as make
from tests.queries import count_queries


def gsrn(number: int) -> str:
    return complete(f"6488888800000{number:04d}")


A, B, C = gsrn(1), gsrn(2), gsrn(3)


@dataclass(frozen=True)
class Registry:
    """Who brings master data of which utility."""

    utility: Utility
    user: User

    def begin(self, kind: str, *lines: str, name: str = "list.csv", **order: Any) -> FileImport:
        """A file of these lines, given and not yet checked."""
        return self.begin_octets(kind, "".join(f"{line}\n" for line in lines).encode(), name, **order)

    def begin_octets(self, kind: str, octets: bytes, name: str, **order: Any) -> FileImport:
        """The same of any octets."""
        wanted = Order(name=name, format=kind, **order)
        return begin_import(utility=self.utility, file=keep([octets]), order=wanted, user=self.user)

    def check(self, kind: str, *lines: str, **order: Any) -> FileImport:
        """The same, checked."""
        return checked(self.begin(kind, *lines, **order))

    def store(self, kind: str, *lines: str, **order: Any) -> FileImport:
        """The same, confirmed and stored."""
        row = self.check(kind, *lines, **order)
        confirm_import(row=row, user=self.user)
        run_store(row.pk)
        return fresh(row)

    def undo(self, row: FileImport) -> FileImport:
        """Everything the import stored taken back."""
        undo_import(row=row, user=self.user)
        run_undo(row.pk)
        return fresh(row)


def make_registry() -> Registry:
    """A utility whose administrator brings its master data."""
    utility = make.make_utility()
    return Registry(utility, make.make_user(ADMINISTRATOR, utilities=[utility], username="aino"))


def fresh(row: FileImport) -> FileImport:
    row.refresh_from_db()
    return row


def checked(row: FileImport) -> FileImport:
    run_check(row.pk)
    return fresh(row)


def problems(row: FileImport) -> list[tuple[int, str, str]]:
    """What is wrong with the file, but for notes: line, column, reason."""
    found = row.problems.exclude(severity=ImportProblem.Severity.NOTE)
    return list(found.order_by("line", "pk").values_list("line", "column", "reason"))


def changes(row: FileImport, line: int) -> list[list[str]]:
    """What a line changes, in words."""
    return ImportRow.objects.get(file_import=row, line=line).changes


def outcomes(row: FileImport) -> list[str]:
    """What becomes of each line, in the order of the file."""
    return list(ImportRow.objects.filter(file_import=row).order_by("line", "pk").values_list("outcome", flat=True))


def queries_of_storing(registry: Registry, kind: str, head: str, *lines: str) -> int:
    """How many queries checking and storing new things take; all lines must be taken."""
    row = registry.begin(kind, head, *lines)
    with count_queries() as checking:
        run_check(row.pk)
    confirm_import(row=fresh(row), user=registry.user)
    with count_queries() as storing:
        run_store(row.pk)
    assert fresh(row).stored["new"] == len(lines), problems(row)
    return checking.number + storing.number
