"""The store against a dictionary: random writes, edits, estimates, deletions, crashes, restored periods and undone
writes, then every way of reading."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from metering.intervals import DAY_S, day_number
from metering.quality import Quality
from metering.store import (
    NO_VALUE,
    Batch,
    Counts,
    Origin,
    ValueVersion,
    history,
    place,
    read,
    restore,
    summaries,
    undo,
    write,
)

from .conftest import SeriesMaker
from .samples import DAY, database_clock, instant, query

INTERVAL_S = 21_600
SERIES, DAYS = 2, 3
KINDS = [Quality.MEASURED, Quality.SUSPECT, Quality.ESTIMATED, Quality.EDITED, Quality.ACCEPTED, Quality.DELETED]
RANK_REFUSES = {
    ("measured", "estimated"),
    ("decided", "suspect"),
    ("decided", "estimated"),
}
CLASS = {
    Quality.MEASURED: "measured",
    Quality.SUSPECT: "suspect",
    Quality.ESTIMATED: "estimated",
    Quality.EDITED: "decided",
    Quality.ACCEPTED: "decided",
    Quality.DELETED: "decided",
}


class State(NamedTuple):
    value: int
    quality: Quality
    status: int


WITHDRAWN = State(NO_VALUE, Quality.WITHDRAWN, 0)


class Point(NamedTuple):
    series: int
    slot: int
    state: State


def _state(draw: st.DrawFn) -> State:
    quality = draw(st.sampled_from(KINDS))
    value = NO_VALUE if quality == Quality.DELETED else draw(st.sampled_from([0, 1, -5, 2**31 - 1, -(2**31), 2**40]))
    return State(value, quality, draw(st.sampled_from([0, 0, 8, 300, 2**31])))


@st.composite
def writes(draw: st.DrawFn) -> list[Point]:
    places = draw(
        st.lists(
            st.tuples(st.integers(0, SERIES - 1), st.integers(0, DAYS * DAY_S // INTERVAL_S - 1)),
            min_size=1,
            max_size=8,
            unique=True,
        )
    )
    return [Point(series, slot, _state(draw)) for series, slot in places]


class Crash(NamedTuple):
    """A write that ends in an exception: nothing of it may stay."""

    points: list[Point]


class Restore(NamedTuple):
    """Slots [first, end) of both series back to their state after an earlier step (modulo how many there were)."""

    step: int
    first: int
    end: int


class Undo(NamedTuple):
    """An earlier step (modulo how many there were) as if it had not happened, in slots [first, end): that may be an
    undoing too."""

    step: int
    first: int
    end: int


Step = list[Point] | Crash | Restore | Undo
SLOTS = DAYS * DAY_S // INTERVAL_S


@st.composite
def steps_back(draw: st.DrawFn, kind: type[Restore] | type[Undo]) -> Restore | Undo:
    first = draw(st.integers(0, SLOTS - 1))
    return kind(draw(st.integers(0, 99)), first, draw(st.integers(first + 1, SLOTS)))


STEPS = st.one_of(writes(), writes(), writes().map(Crash), steps_back(Restore), steps_back(Undo), steps_back(Undo))


class CrashError(Exception):
    """What ends a crashing write."""


@dataclass
class Model:
    """All states each value ever had, newest last, with the number of the step that made it; and what was undone."""

    states: dict[tuple[int, int], list[tuple[int, State]]] = field(default_factory=dict)
    undone: dict[int, Undo] = field(default_factory=dict)
    """By the number of the step that undid it; `Undo.step` is that of the step undone."""

    def write(self, number: int, points: list[Point]) -> dict[str, int]:
        counts = {"new": 0, "changed": 0, "unchanged": 0, "refused": 0}
        for point in points:
            past = self.states.setdefault((point.series, point.slot), [])
            outcome = self._judge([state for _number, state in past], point.state)
            counts[outcome] += 1
            if outcome in {"new", "changed"}:
                past.append((number, point.state))
        return counts

    @staticmethod
    def _judge(past: list[State], arriving: State) -> str:
        if not past:
            return "new"
        stored = past[-1]
        if stored == WITHDRAWN:
            return "new"
        same_reading = arriving[::2] == stored[::2]
        if arriving == stored:
            return "unchanged"
        if (
            same_reading
            and arriving.quality == Quality.MEASURED
            and stored.quality in {Quality.SUSPECT, Quality.ACCEPTED}
        ):
            return "unchanged"
        from_meter = CLASS[arriving.quality] in {"measured", "suspect"}
        substituted = CLASS[stored.quality] in {"estimated", "decided"}
        heard = any(s[::2] == arriving[::2] and CLASS[s.quality] in {"measured", "suspect"} for s in past)
        if from_meter and substituted and heard:
            return "unchanged"
        return "refused" if (CLASS[stored.quality], CLASS[arriving.quality]) in RANK_REFUSES else "changed"

    def restore(self, number: int, to: int, slots: range) -> int:
        """Put slots back to their state after step `to`; how many changed."""
        moved = 0
        for (_series, slot), past in self.states.items():
            if slot in slots and (then := _state_at(past, to)) != past[-1][1]:
                past.append((number, then))
                moved += 1
        return moved

    def undo(self, number: int, step: int, slots: range) -> int:
        """As if step `step` had not happened in these slots: replay all that were not undone; how many changed."""
        self.undone[number] = Undo(step, slots.start, slots.stop)
        moved = 0
        for (_series, slot), past in self.states.items():
            counting = (made for n, made in reversed(past) if n not in self.undone and not self._is_undone(n, slot))
            if slot in slots and (then := next(counting, WITHDRAWN)) != past[-1][1]:
                past.append((number, then))
                moved += 1
        return moved

    def _is_undone(self, step: int, slot: int) -> bool:
        return any(
            undo.step == step and undo.first <= slot < undo.end and not self._is_undone(number, slot)
            for number, undo in self.undone.items()
        )

    def replacements(self) -> int:
        """How many times a write replaced something in a block: what the version table has rows for."""
        return len({(n, series, slot // 4) for (series, slot), past in self.states.items() for n, _state in past[1:]})

    def grid(self, up_to: int) -> tuple[NDArray[np.int64], ...]:
        shape = (SERIES, DAYS * DAY_S // INTERVAL_S)
        values, quality, status = np.full(shape, NO_VALUE), np.full(shape, 255), np.zeros(shape, int)
        for place_, past in self.states.items():
            if (state := _state_at(past, up_to)) != WITHDRAWN:
                values[place_], quality[place_], status[place_] = state
        return values, quality, status


def _state_at(past: list[tuple[int, State]], up_to: int) -> State:
    return next((state for number, state in reversed(past) if number <= up_to), WITHDRAWN)


@pytest.mark.django_db
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=9))
def test_store_agrees_with_a_dictionary(make_series: SeriesMaker, steps: list[Step]) -> None:
    with transaction.atomic():
        _check([make_series(interval_s=INTERVAL_S) for _ in range(SERIES)], steps)


def _check(ids: list[int], steps: list[Step]) -> None:
    model, instants, done = Model(), [database_clock()], list[Counts]()
    for number, step in enumerate(steps):
        done.append(_act(model, ids, number, step, done, instants))
        instants.append(database_clock())
    for number, at in enumerate(instants):
        _assert_grid(model, number - 1, ids, at)
    _assert_grid(model, len(steps), ids, None)
    _assert_summaries(model, len(steps), ids)
    _assert_view(model, len(steps), ids)
    _assert_history(model, ids, instants)
    kept = query("SELECT count(*) FROM series_day_version WHERE series_id = ANY (%s)", ids)[0][0]
    assert kept == model.replacements()


def _act(
    model: Model, ids: list[int], number: int, step: Step, done: list[Counts], instants: list[dt.datetime]
) -> Counts:
    """Do a step to the store and to the model, and compare what both say of it."""
    origin = Origin(job_id=number)
    if isinstance(step, Crash):
        with pytest.raises(CrashError), transaction.atomic():
            write(_batch(ids, step.points), origin=origin)
            raise CrashError
        return Counts()
    if isinstance(step, list):
        counts = write(_batch(ids, step), origin=origin)
        expected = model.write(number, step)
        assert {name: getattr(counts, name) for name in expected} == expected
        return counts
    to, slots = step.step % (number + 1), range(step.first, step.end)
    period = [instant(0) + dt.timedelta(seconds=slot * INTERVAL_S) for slot in (step.first, step.end)]
    if isinstance(step, Restore):
        counts = restore(ids, *period, as_of=instants[to], origin=origin)
        moved = model.restore(number, to - 1, slots)
    else:
        entries = done[to].entries if done[to:] else ()
        counts = undo(entries, ids, *period, origin=origin)
        moved = model.undo(number, to, slots) if entries else 0
    assert (counts.new + counts.changed, counts.unchanged, counts.refused) == (moved, 0, 0)
    return counts


def _batch(ids: list[int], points: list[Point]) -> Batch:
    start = day_number(DAY) * DAY_S
    return place(
        INTERVAL_S,
        [ids[point.series] for point in points],
        [start + point.slot * INTERVAL_S for point in points],
        *([point.state[field_] for point in points] for field_ in range(3)),
    ).batch


def _assert_grid(model: Model, up_to: int, ids: list[int], as_of: dt.datetime | None) -> None:
    matrix = read(ids, instant(0), instant(DAYS), as_of=as_of)
    for found, expected in zip((matrix.values, matrix.quality, matrix.status), model.grid(up_to), strict=True):
        np.testing.assert_array_equal(found, expected)


def _assert_summaries(model: Model, up_to: int, ids: list[int]) -> None:
    values, quality, _status = (grid.reshape(SERIES, DAYS, -1) for grid in model.grid(up_to))
    found = summaries(ids, DAY, DAY + dt.timedelta(days=DAYS - 1))
    stored = {
        (ids.index(series), day - day_number(DAY)) for series, day in zip(found.series_ids, found.days, strict=True)
    }
    assert stored == {(series, slot // 4) for (series, slot) in model.states}
    for row, (series, day) in enumerate(zip(found.series_ids, found.days, strict=True)):
        own, codes = values[ids.index(series), day - day_number(DAY)], quality[ids.index(series), day - day_number(DAY)]
        has_value = own != NO_VALUE
        assert found.slots[row] == 4
        assert found.present[row] == has_value.sum()
        assert found.suspect[row] == (codes == Quality.SUSPECT).sum()
        assert found.estimated[row] == (codes == Quality.ESTIMATED).sum()
        assert found.total[row] == own[has_value].sum()
        assert found.maximum[row] == own.max()


def _assert_view(model: Model, up_to: int, ids: list[int]) -> None:
    rows = query(
        "SELECT series_id, starts_at, value, quality, status FROM profile_value WHERE series_id = ANY (%s)", ids
    )
    length = dt.timedelta(seconds=INTERVAL_S)
    seen = {(ids.index(series), (at - instant(0)) // length): state for series, at, *state in rows}
    values, quality, status = model.grid(up_to)
    places = {(int(s), int(k)) for s, k in np.argwhere(values != NO_VALUE)}
    assert seen == {at: [int(grid[at]) for grid in (values, quality, status)] for at in places}


def _assert_history(model: Model, ids: list[int], instants: list[dt.datetime]) -> None:
    for (series, slot), past in model.states.items():
        found = history(ids[series], instant(0) + dt.timedelta(seconds=slot * INTERVAL_S))
        assert [_seen(version) for version in found] == [(n, *state) for n, state in reversed(past)]
        written = [(instants[n], instants[n + 1]) for n, _state in reversed(past)]
        assert all(start < version.since < end for version, (start, end) in zip(found, written, strict=True))


def _seen(version: ValueVersion) -> tuple[int | None, int, int, int]:
    value = NO_VALUE if version.value is None else version.value
    return version.origin.job_id, value, version.quality, version.status
