"""Checking a file of readings: all of it is parsed and resolved, and weighed against what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from integration.formats.portion import Portion, Problem
from integration.imports.holding import Held
from integration.imports.problems import Found, keep_problems
from integration.imports.readings.archived import without_archived
from integration.imports.readings.channels import figures_of, label_of
from integration.imports.readings.objections import without_impossible
from integration.imports.readings.reading import header_of, reading
from integration.imports.readings.refusals import problems_of
from integration.imports.readings.rows import add_channels
from integration.imports.readings.targets import Targets, find_targets
from integration.imports.readings.values import fit, points_of
from integration.imports.readings.weighing import FINER, weigh
from integration.imports.registry import format_of
from integration.imports.states import State
from integration.imports.tally import Tally
from integration.models import ImportChannel


@dataclass(slots=True)
class _Weighed:
    """What a portion would do: counts, problems in the file, problems with what is stored, refused by channel."""

    tally: Tally
    refused: NDArray[np.int64]
    of_file: list[Problem] = field(default_factory=list)
    of_store: list[Problem] = field(default_factory=list)


def check_readings(held: Held) -> None:
    """Read the whole file and say what storing would do; afterwards the import is ready, or being stored at once.

    A check that was interrupted begins anew: it stores nothing but what it says.
    """
    _forget(held)
    sampled, tally = 0, Tally()
    with reading(held.row) as reader:
        for portion in reader:
            held.stop_if_told()
            with transaction.atomic():
                targets = find_targets(held.row, format_of(held.row.format), portion.channels)
                weighed = _weigh(portion, targets)
                tally += weighed.tally
                sampled = add_channels(held.row, portion, targets, figures_of(portion), weighed.refused, sampled)
                _note(held, portion, weighed, tally, header_of(reader))
    _settle(held, tally)


def _forget(held: Held) -> None:
    with transaction.atomic():
        held.row.channels.all().delete()
        held.row.problems.all().delete()
        held.advance(0, rows=0, errors=0, repairs=0, notes=0, expected={}, header={})


def _weigh(portion: Portion, targets: Targets) -> _Weighed:
    fitted = fit(portion, targets.exponents)
    values = np.where(fitted.inexact, FINER, fitted.values) if fitted.inexact.any() else fitted.values
    refused = np.zeros(len(portion.channels), np.int64)
    weighed = _Weighed(Tally(refused=portion.unread), refused, list(_clashes(portion, targets)))
    for points in points_of(portion, targets, values):
        possible, problems = without_impossible(points, portion.channels)
        possible, closed = without_archived(possible, portion.channels)
        counts = weigh(possible)
        lost = Tally(refused=len(points) - len(possible))
        weighed.tally += Tally.of_counts(counts) + lost
        weighed.of_file += problems
        weighed.of_store += closed
        weighed.of_store += problems_of(counts.refusals, possible, portion.channels)
        weighed.refused += np.bincount(points.channel, minlength=len(weighed.refused))
        weighed.refused -= np.bincount(possible.channel, minlength=len(weighed.refused))
    left_out = ~targets.taken[portion.channel] & portion.present
    weighed.refused += np.bincount(portion.channel[left_out], minlength=len(weighed.refused))
    weighed.tally += Tally(refused=int(left_out.sum()))
    return weighed


def _clashes(portion: Portion, targets: Targets) -> Iterator[Problem]:
    for index in sorted(targets.clashes):
        rows = np.flatnonzero((portion.channel == index) & portion.present)
        if rows.size:
            label = label_of(portion.channels[index])
            yield Problem(int(portion.lines[rows[0]]), targets.refusals[index], text=label, values=int(rows.size))


def _note(held: Held, portion: Portion, weighed: _Weighed, tally: Tally, header: dict[str, str]) -> None:
    """Keep what was found with the progress, or nothing of both."""
    keep_problems(held.row, (*portion.problems, *weighed.of_file))
    counts = keep_problems(held.row, weighed.of_store, Found.PREVIEW)
    rows = held.row.rows + portion.rows
    held.advance(portion.position, rows=rows, expected=tally.as_json(), header=header, **counts)


def _settle(held: Held, tally: Tally) -> None:
    """Name the channels that have no place, and end the check."""
    with transaction.atomic():
        nowhere = ImportChannel.objects.filter(file_import=held.row).exclude(refusal="").order_by("line", "pk")
        problems = (
            Problem(row.line, row.refusal, text=f"{row.point} {row.name}".strip(), values=row.values)
            for row in nowhere.iterator(chunk_size=5_000)
        )
        counts = keep_problems(held.row, problems)
        at_once = held.row.confirm_at_once and not counts["errors"]
        confirmed = {"confirmed_at": timezone.now(), "confirmed_by": held.row.created_by} if at_once else {}
        to = State.STORING if at_once else State.READY
        held.end(to, position=0, checked_at=timezone.now(), **counts, **confirmed)
