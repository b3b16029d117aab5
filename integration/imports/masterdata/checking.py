"""Checking a file of master data: every line is read, put in order, and compared with what is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from access.reach import utilities_within
from integration.imports.holding import Held
from integration.imports.masterdata.columns import Layout
from integration.imports.masterdata.kinds import Kind
from integration.imports.masterdata.opening import declared
from integration.imports.masterdata.ordering import order
from integration.imports.masterdata.pages import changed_fields, note, pages, planned, problems_of, tally_of
from integration.imports.masterdata.plans import Scene
from integration.imports.masterdata.staging import stage
from integration.imports.problems import Found, keep_problems
from integration.imports.states import State
from integration.imports.tally import Tally
from integration.models import FileImport, ImportRow
from integration.work.holding import WorkFailedError

Stage = Callable[[Held, Kind, Layout], None]
"""Keeps every line of a file as a row of `ImportRow`."""


def check(held: Held, kind: Kind, read: Stage = stage) -> None:
    """Say what storing would do; afterwards the import is ready, or being stored at once. Nothing is stored.

    A check that was interrupted begins anew. `read` makes lines of a file.
    """
    _forget(held)
    layout = declared(kind, held.row)
    require_permission(held.row, kind)
    read(held, kind, layout)
    order(held, kind, layout)
    _weigh(held, kind, Scene(held.row, layout))
    _settle(held)


def require_permission(row: FileImport, kind: Kind) -> None:
    """WorkFailedError unless whoever the import is for, or is undone by, may change what it brings, in all of the
    utility."""
    user = row.undone_by if row.state == State.UNDOING else row.confirmed_by or row.created_by
    if user is None or user.is_superuser:
        return
    if not user.is_active or not user.has_perms(kind.permissions):
        raise WorkFailedError(f"{user} may not add and change {kind.label.lower()}. Ask an administrator.")
    if not utilities_within(user).filter(pk=row.utility_id).exists():
        raise WorkFailedError(f"The utility {row.utility} is not wholly open to {user}.")


def refused_so_far(row: FileImport) -> Tally:
    """Lines that are refused and belong to no chunk."""
    lines = ImportRow.objects.filter(file_import=row, outcome=ImportRow.Outcome.REFUSED, chunk=None)
    return Tally(refused=lines.count())


def _forget(held: Held) -> None:
    with transaction.atomic():
        ImportRow.objects.filter(file_import=held.row).delete()
        held.row.problems.all().delete()
        held.advance(0, rows=0, errors=0, repairs=0, notes=0, expected={}, header={})


def _weigh(held: Held, kind: Kind, scene: Scene) -> None:
    """Plan page by page. A line that another one refers to is weighed before it, and its outcome known."""
    tally, done, half = refused_so_far(held.row), 0, held.row.file.octets // 2
    fields: Counter[str] = Counter()
    total = max(ImportRow.objects.filter(file_import=held.row, outcome=ImportRow.Outcome.READ).count(), 1)
    for page in pages(held.row, [ImportRow.Outcome.READ]):
        held.stop_if_told()
        with transaction.atomic():
            plans, _ = planned(kind, scene, page)
            note(plans)
            tally += tally_of(plans)
            fields.update(changed_fields(plans))
            done += len(plans)
            counts = keep_problems(held.row, problems_of(plans), Found.PREVIEW)
            held.advance(half + half * done // total, expected=tally.as_json(), header=dict(fields), **counts)
    held.advance(held.row.file.octets, expected=tally.as_json())


def _settle(held: Held) -> None:
    at_once = held.row.confirm_at_once and not held.row.errors
    confirmed = {"confirmed_at": timezone.now(), "confirmed_by": held.row.created_by} if at_once else {}
    held.end(State.STORING if at_once else State.READY, position=0, checked_at=timezone.now(), **confirmed)
