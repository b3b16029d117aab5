"""A month with everything the store can hold, and all that can be read of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from metering.intervals import day_number, to_seconds
from metering.quality import Quality
from metering.store import (
    NO_VALUE,
    Batch,
    Origin,
    RegisterBatch,
    full_days,
    history,
    missing,
    place,
    read,
    read_begun,
    read_registers,
    register_history,
    summaries,
    write,
    write_registers,
)
from metering.store.partitions import Place, detach, drop_detached, place_of

from .conftest import SeriesMaker
from .samples import database_clock

MONTH = dt.date(2021, 3, 1)
FIRST = dt.datetime(2021, 3, 1, tzinfo=dt.UTC)
END = dt.datetime(2021, 4, 1, tzinfo=dt.UTC)
BEFORE, AFTER = FIRST - dt.timedelta(days=2), END + dt.timedelta(days=2)
TABLES = ("series_day", "series_day_version", "register_value", "register_value_version")


@dataclass
class World:
    """Series with values from two days before the month to two days after, written in several steps."""

    quarters: int
    hours: int
    daily: int
    steps: list[dt.datetime]

    @property
    def ids(self) -> list[int]:
        return [self.quarters, self.hours]

    def all_that_is_read(self) -> dict[str, Any]:
        """What every reading function answers about the period, now and as of every step."""
        whole = (BEFORE, AFTER)
        seen: dict[str, Any] = {"now": _content(read(self.ids, *whole)), "gaps": _columns(missing(self.ids, *whole))}
        seen["day"] = _content(read(self.ids[::-1], FIRST + dt.timedelta(hours=5), FIRST + dt.timedelta(hours=29)))
        seen["summaries"] = _columns(summaries(self.ids, BEFORE.date(), AFTER.date()))
        for start in (BEFORE, FIRST + dt.timedelta(days=3), AFTER):
            matrix, begun = read_begun(self.ids, start, AFTER + dt.timedelta(days=1), back_days=20)
            seen[f"begun {start}"] = (_content(matrix), begun.tolist())
        full = full_days(self.ids, BEFORE.date(), AFTER.date())
        seen["full days"] = sorted(zip(*(column.tolist() for column in full), strict=True))
        seen["registers"] = _columns(read_registers([self.daily], *whole))
        for number, step in enumerate(self.steps):
            seen[f"as of {number}"] = _content(read(self.ids, *whole, as_of=step))
            seen[f"registers as of {number}"] = _columns(read_registers([self.daily], *whole, as_of=step))
        for at in (FIRST, FIRST + dt.timedelta(hours=7), FIRST + dt.timedelta(days=9), END):
            seen[f"history {at}"] = [history(series, at) for series in self.ids]
            seen[f"register history {at}"] = register_history(self.daily, at)
        return seen


def make_world(make_series: SeriesMaker) -> World:
    """Write, append, correct, edit, delete; remember the instants between."""
    world = World(make_series(exponent=-3), make_series("instantaneous", interval_s=3600), make_series.register(), [])
    grid = np.random.default_rng(1)
    for act in (_fresh, _append, _correct, _decide):
        act(world, grid)
        world.steps.append(database_clock())
    return world


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The names under which two answers of `all_that_is_read` differ."""
    return [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]


def empty_store() -> None:
    """No values, no archived months, no partitions of the month."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, value_origin, store_archive_month, metering_series CASCADE")
    for table in TABLES:
        detach(table, MONTH)
        drop_detached(table, MONTH)


def places() -> set[Place]:
    """Where the partitions of the month are."""
    return {place_of(table, MONTH) for table in TABLES}


def rows_online() -> int:
    """How many rows the four tables hold for the month."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM series_day WHERE day >= %(a)s AND day < %(b)s)"
            " + (SELECT count(*) FROM series_day_version WHERE day >= %(a)s AND day < %(b)s)"
            " + (SELECT count(*) FROM register_value WHERE at >= %(a)s AND at < %(b)s)"
            " + (SELECT count(*) FROM register_value_version WHERE at >= %(a)s AND at < %(b)s)",
            {"a": FIRST, "b": END},
        )
        return int(cursor.fetchone()[0])


def whole_days(series: int, values: np.ndarray[Any, np.dtype[np.int64]], quality: int | None = None) -> Batch:
    """Consecutive days of one series from two days before the month on; values (days, slots)."""
    days = np.arange(len(values), dtype=np.int32) + np.int32(day_number(BEFORE.date()))
    codes = None if quality is None else np.full(values.shape, quality, np.uint8)
    return Batch(86_400 // values.shape[1], np.full(len(values), series, np.int64), days, values, codes)


def _fresh(world: World, random: np.random.Generator) -> None:
    quarters = random.integers(0, 3_000, (35, 96))
    quarters[5, 20:40] = NO_VALUE
    hours = random.integers(-(2**40), 2**40, (35, 24))  # wide and signed
    hours[7] = NO_VALUE
    status = random.integers(0, 2**31, (35, 24)).astype(np.uint32)
    instantaneous = whole_days(world.hours, hours)
    write(
        whole_days(world.quarters, quarters),
        Batch(3600, instantaneous.series_ids, instantaneous.days, hours, None, status),
        origin=Origin(job_id=1, message="read"),
    )
    at = np.arange(to_seconds(BEFORE), to_seconds(AFTER), 86_400)
    daily = RegisterBatch(np.full(len(at), world.daily, np.int64), at, np.arange(len(at), dtype=np.int64) * 7)
    write_registers(daily, origin=Origin(job_id=1))


def _append(world: World, random: np.random.Generator) -> None:
    at = to_seconds(FIRST) + 3 * 86_400 + np.arange(20, 30) * 900  # into the hole
    write(place(900, world.quarters, at, random.integers(0, 9, 10)).batch, origin=Origin(job_id=2, action_id="late"))


def _correct(world: World, random: np.random.Generator) -> None:
    corrected = random.integers(0, 3_000, (35, 96))
    corrected[random.random((35, 96)) < 0.9] = NO_VALUE
    write(whole_days(world.quarters, corrected, Quality.SUSPECT), origin=Origin(rule="doubt"))


def _decide(world: World, random: np.random.Generator) -> None:
    at = to_seconds(FIRST) + np.arange(0, 86_400, 900)
    deleted = place(900, world.quarters, at[:10], np.full(10, NO_VALUE), np.full(10, Quality.DELETED)).batch
    write(deleted, origin=Origin(user_id=1, message="broken"))
    edited = place(900, world.quarters, at[28:40], np.arange(12), np.full(12, Quality.EDITED)).batch
    write(edited, origin=Origin(user_id=1, message="phoned"))
    days = np.array([to_seconds(FIRST), to_seconds(FIRST) + 9 * 86_400], np.int64)
    own = np.full(2, world.daily, np.int64)
    values, codes = np.array([5, NO_VALUE], np.int64), np.array([Quality.EDITED, Quality.DELETED], np.uint8)
    write_registers(RegisterBatch(own, days, values, codes), origin=Origin(user_id=2, message="typed"))


def _content(matrix: Any) -> tuple[Any, ...]:
    grids = tuple(grid.tolist() for grid in (matrix.values, matrix.quality, matrix.status))
    return (matrix.series_ids.tolist(), matrix.start, matrix.interval_s, *grids)


def _columns(table: Any) -> dict[str, Any]:
    return {name: getattr(table, name).tolist() for name in type(table).__dataclass_fields__}
