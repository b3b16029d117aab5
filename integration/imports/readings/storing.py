"""Storing the readings of a file: one portion, its chunk row and the progress in one transaction.

A worker that dies leaves whole chunks; the next one goes on where the last chunk ended. Storing a value again changes
nothing, so neither a portion begun twice nor a day split over two portions does harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Sum

from integration.formats.portion import Portion, Problem
from integration.imports.holding import Held
from integration.imports.problems import Found, forget_preview, keep_problems
from integration.imports.readings.channels import label_of
from integration.imports.readings.objections import without_impossible
from integration.imports.readings.placing import Placed, place_portion
from integration.imports.readings.reading import reading
from integration.imports.readings.refusals import problems_of
from integration.imports.readings.remarks import keep_remarks
from integration.imports.readings.targets import Targets, find_targets
from integration.imports.readings.values import Points, batches, points_of, registers
from integration.imports.registry import format_of
from integration.imports.states import State
from integration.imports.tally import Tally
from integration.models import FileImport, ImportChunk
from metering import store
from metering.intervals import to_instant
from metering.store import Counts


@dataclass(slots=True)
class _Stored:
    """What became of a portion: counts, values unread or without place, refusals as problems, the points written."""

    placed: Placed
    counts: Counts = field(default_factory=Counts)
    lost: int = 0
    problems: list[Problem] = field(default_factory=list)
    groups: list[Points] = field(default_factory=list)

    @property
    def tally(self) -> Tally:
        return Tally.of_counts(self.counts) + Tally(refused=self.lost)

    def as_chunk(self) -> dict[str, Any]:
        """Columns of the chunk row: what was counted, and what undoing needs."""
        groups = [group for group in self.groups if len(group)]
        counted = self.tally.as_json() | {"entries": list(self.counts.entries), "series_ids": []}
        if not groups:
            return counted
        return counted | {
            "series_ids": np.unique(np.concatenate([group.series for group in groups])).tolist(),
            "starts_at": to_instant(min(int(group.at.min()) for group in groups)),
            "ends_at": to_instant(max(int(group.at.max()) + max(group.interval_s, 1) for group in groups)),
        }


def store_readings(held: Held) -> None:
    """Store the file from its last chunk on; afterwards the import is done."""
    last = held.row.chunks.order_by("-number").first()
    first, position = (last.number + 1, last.position) if last else (1, 0)
    tally = stored_so_far(held.row)
    if last is None:
        with transaction.atomic():
            held.advance(0, **forget_preview(held.row))
    with reading(held.row, position) as reader:
        for number, portion in enumerate(reader, first):
            held.stop_if_told()
            with transaction.atomic():
                stored = _store(held, portion)
                tally += stored.tally
                _note(held, number, portion, stored, tally)
    held.end(State.DONE)


def stored_so_far(row: FileImport) -> Tally:
    """What the chunks of an import stored."""
    sums = row.chunks.aggregate(**{name: Sum(name, default=0) for name in Tally().as_json()})
    return Tally.of_json(sums)


def _store(held: Held, portion: Portion) -> _Stored:
    targets = find_targets(held.row, format_of(held.row.format), portion.channels)
    placed = place_portion(held.row, portion, targets)
    stored = _Stored(placed, problems=list(_too_coarse(portion, targets, placed)))
    stored.lost = portion.unread
    if len(portion):
        stored.lost += int((portion.present & ~placed.targets.taken[portion.channel]).sum())
    for points in points_of(portion, placed.targets, placed.values):
        possible, impossible = without_impossible(points, portion.channels)
        counts = _write(held, possible)
        stored.counts += counts
        stored.lost += sum(problem.values for problem in impossible)
        stored.problems += problems_of(counts.refusals, possible, portion.channels)
        stored.groups.append(possible)
    return stored


def _write(held: Held, points: Points) -> Counts:
    if not points.interval_s:
        return store.write_registers(registers(points), origin=held.origin)
    return reduce(add, (store.write(batch, origin=held.origin) for batch in batches(points)), Counts())


def _too_coarse(portion: Portion, before: Targets, placed: Placed) -> Iterator[Problem]:
    """Channels that were taken until their series could not be made fine enough."""
    for index in np.flatnonzero(before.taken & ~placed.targets.taken).tolist():
        rows = np.flatnonzero((portion.channel == index) & portion.present)
        label = label_of(portion.channels[index])
        yield Problem(int(portion.lines[rows[0]]), placed.targets.refusals[index], text=label, values=rows.size)


def _note(held: Held, number: int, portion: Portion, stored: _Stored, tally: Tally) -> None:
    """The chunk row, the comments and the progress; NotHeldError rolls all of it back with the values."""
    counts = keep_problems(held.row, stored.problems, Found.STORE)
    made = keep_remarks(held, portion, stored.placed.targets)
    ImportChunk.objects.create(
        file_import=held.row, number=number, position=portion.position, comment_ids=made, **stored.as_chunk()
    )
    held.advance(portion.position, stored=tally.as_json(), **counts)
