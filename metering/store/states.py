"""All states of one value: what it was, since when, who made it so and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from metering.intervals import DAY_S, slots_per_day, to_seconds
from metering.store import wire
from metering.store.archive.history import former_states, present_state
from metering.store.archive.months import Archived, steadily
from metering.store.arrivals import first_writes
from metering.store.matrix import ValueVersion
from metering.store.outcome import Origin

_NOW = """
SELECT block_value(d.values, slots, slot), get_byte(quality, slot), block_status(status, slots, slot),
    interval_s, origin_id, arrivals
FROM series_day d
CROSS JOIN LATERAL (SELECT 86400 / interval_s AS slots, %(second)s::integer / interval_s AS slot) AS at
WHERE series_id = %(series)s AND day = date '1970-01-01' + %(day)s::integer AND %(second)s::integer %% interval_s = 0
"""
# A stretch that was replaced may hold slots that were empty then: they had no state yet.
_FORMER = """
SELECT value, quality, status, replaced_by
FROM (
    SELECT version, replaced_by, block_value(v.values, slots::integer, slot) AS value,
        get_byte(quality, slot) AS quality, block_status(status, slots::integer, slot) AS status
    FROM series_day_version v CROSS JOIN LATERAL (SELECT %(slot)s::integer - first_slot AS slot) AS at
    WHERE series_id = %(series)s AND day = date '1970-01-01' + %(day)s::integer AND slot BETWEEN 0 AND slots - 1
    OFFSET 0
) AS replaced
WHERE value IS NOT NULL OR quality <> 0
ORDER BY version DESC
"""
_WRITES = """
SELECT id, at, job_id, user_id, rule, message, action_id FROM value_origin WHERE id = ANY (%(ids)s::bigint[])
"""


def history(series_id: int, at: dt.datetime) -> list[ValueVersion]:
    """The states of the value of the interval that starts at `at`, newest first; empty when there never was one.

    A state that a write left as it was is not repeated. NaiveInstantError without a zone.
    """
    day, second = divmod(to_seconds(at), DAY_S)
    return steadily("interval", day, day, partial(_history, series_id, day, second))


def _history(series_id: int, day: int, second: int, archived: Archived) -> list[ValueVersion]:
    params = {"series": series_id, "day": day, "second": second}
    now = present_state(archived, series_id, day, second) if archived else wire.fetch(_NOW, params)
    if not now or (now[0][0] is None and not now[0][1]):
        return []
    *state, interval_s, made_by, arrivals = now[0]
    slot = second // interval_s
    params = {"series": series_id, "day": day, "slot": slot}
    former = former_states(archived, series_id, day, slot) if archived else wire.fetch(_FORMER, params)
    first = first_writes(np.array([made_by], np.int64), [arrivals], slots_per_day(interval_s))[0, slot]
    # Each state was made by the write that replaced the one before it, the oldest by the write that filled the slot.
    makers = [*(row[3] for row in former), int(first)]
    writes = ledger_entries(makers)
    states = [tuple(state), *(row[:3] for row in former)]
    return distinct_states([(*content, *writes[maker]) for content, maker in zip(states, makers, strict=True)])


def ledger_entries(ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """(at, job, user, rule, message, action id) of writes by their ledger ids."""
    return {row[0]: row[1:] for row in wire.fetch(_WRITES, {"ids": np.array(ids, np.int64)})}


def distinct_states(rows: list[tuple[Any, ...]]) -> list[ValueVersion]:
    """Versions from (value, quality, status, since, *origin) rows, newest first; of equal neighbours the oldest."""
    states: list[ValueVersion] = []
    for value, quality, status, since, *origin in rows:
        state = ValueVersion(value, quality or 0, status or 0, since, Origin(*origin))
        if states and (state.value, state.quality, state.status) == (
            states[-1].value,
            states[-1].quality,
            states[-1].status,
        ):
            states.pop()
        states.append(state)
    return states
