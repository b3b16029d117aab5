"""Storing master data: a page of lines, its chunk row and the progress in one transaction.

What a line changes is found anew: between preview and storing somebody may have changed the same rows. A worker that
dies leaves whole chunks, and the next one goes on behind the last.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from access import audit
from integration.imports.holding import Held
from integration.imports.masterdata.checking import refused_so_far, require_permission
from integration.imports.masterdata.kinds import Kind
from integration.imports.masterdata.opening import declared
from integration.imports.masterdata.pages import note, pages, planned, refusals_of, tally_of
from integration.imports.masterdata.plans import Scene
from integration.imports.problems import Found, keep_problems
from integration.imports.readings.storing import stored_so_far
from integration.imports.states import State
from integration.imports.tally import Tally
from integration.models import ImportChunk, ImportRow
from integration.work.holding import WorkFailedError

MOST_TRIES = 3


def store(held: Held, kind: Kind) -> None:
    """Store the lines the preview showed as taken, from the last chunk on; afterwards the import is done."""
    require_permission(held.row, kind)
    scene = Scene(held.row, declared(kind, held.row), storing=True)
    last = held.row.chunks.order_by("-number").first()
    number, position = (last.number, last.position) if last else (0, 0)
    tally = stored_so_far(held.row) + refused_so_far(held.row)
    for page in pages(held.row, ImportRow.TAKEN, position):
        held.stop_if_told()
        number += 1
        tally += _store_page(held, kind, scene, page, number, tally)
    with transaction.atomic():
        details = tally.as_json()
        summary = f"{kind.label} of {held.row.name}: {tally.new} new, {tally.changed} changed"
        audit.record("imported", summary, user=scene.user, utility=held.row.utility, target=held.row, details=details)
        held.end(State.DONE, stored=details)


def _store_page(held: Held, kind: Kind, scene: Scene, page: Sequence[ImportRow], number: int, before: Tally) -> Tally:
    """Store a page; when somebody else wrote the same rows at the same moment, plan it again."""
    errors = held.row.errors, held.row.repairs, held.row.notes
    for _ in range(MOST_TRIES):
        try:
            with transaction.atomic():
                return _store(held, kind, scene, page, number, before)
        except IntegrityError:
            held.row.errors, held.row.repairs, held.row.notes = errors
    raise WorkFailedError("Somebody else is writing the same rows. Resume the import when that is done.")


def _store(held: Held, kind: Kind, scene: Scene, page: Sequence[ImportRow], number: int, before: Tally) -> Tally:
    plans, parts = planned(kind, scene, page)
    for part in parts:
        part.store()
    note(plans, number)
    tally, last = tally_of(plans), page[-1].ordinal or 0
    counts = keep_problems(held.row, refusals_of(plans), Found.STORE)
    ImportChunk.objects.create(
        file_import=held.row, number=number, position=last, entries=[], series_ids=[], **tally.as_json()
    )
    share = held.row.file.octets * last // max(held.row.rows, 1)
    held.advance(share, stored=(before + tally).as_json(), **counts)
    return tally
