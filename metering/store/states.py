"""All states of one value: what it was, since when, who made it so and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

from metering.intervals import DAY_S, to_seconds
from metering.quality import Quality
from metering.store import wire
from metering.store.matrix import ValueVersion
from metering.store.outcome import Origin

# NULL covers: the write that made this state touched other slots, so the next newer state of the slot stands.
_STATES = """
SELECT s.covers, s.value, s.quality, s.status, s.changed_at, o.job_id, o.user_id, o.rule, o.message, o.action_id
FROM (
    SELECT version, true AS covers,
        block_value(d.values, 86400 / interval_s, %(second)s::integer / interval_s) AS value,
        get_byte(quality, %(second)s::integer / interval_s) AS quality,
        block_status(status, 86400 / interval_s, %(second)s::integer / interval_s) AS status, changed_at, origin_id
    FROM series_day d
    WHERE series_id = %(series)s AND day = date '1970-01-01' + %(day)s::integer
    AND %(second)s::integer %% interval_s = 0
    UNION ALL
    SELECT v.version, c.slot - v.first_slot BETWEEN 0 AND v.slots - 1,
        CASE WHEN c.slot - v.first_slot BETWEEN 0 AND v.slots - 1
            THEN block_value(v.values, v.slots::integer, c.slot - v.first_slot) END,
        CASE WHEN c.slot - v.first_slot BETWEEN 0 AND v.slots - 1
            THEN get_byte(v.quality, c.slot - v.first_slot) END,
        CASE WHEN c.slot - v.first_slot BETWEEN 0 AND v.slots - 1
            THEN block_status(v.status, v.slots::integer, c.slot - v.first_slot) END,
        v.changed_at, v.origin_id
    FROM series_day_version v
    JOIN (
        SELECT series_id, day, %(second)s::integer / interval_s AS slot FROM series_day
        WHERE series_id = %(series)s AND day = date '1970-01-01' + %(day)s::integer
        AND %(second)s::integer %% interval_s = 0) AS c USING (series_id, day)
    WHERE v.series_id = %(series)s AND v.day = date '1970-01-01' + %(day)s::integer
) AS s JOIN value_origin o ON o.id = s.origin_id
ORDER BY s.version DESC
"""


def history(series_id: int, at: dt.datetime) -> list[ValueVersion]:
    """The states of the value of the interval that starts at `at`, newest first; empty when there never was one.

    A state that a write left as it was is not repeated. NaiveInstantError without a zone.
    """
    day, second = divmod(to_seconds(at), DAY_S)
    rows = wire.fetch(
        _STATES,
        {"series": series_id, "day": day, "second": second},
    )
    return distinct_states([row[1:] for row in _carried(rows)])


def _carried(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Give states that do not cover the slot the content of the newer one, keeping their own time and origin."""
    filled: list[tuple[Any, ...]] = []
    for row in rows:
        filled.append(row if row[0] else (True, *filled[-1][1:4], *row[4:]))
    return filled


def distinct_states(rows: list[tuple[Any, ...]]) -> list[ValueVersion]:
    """Versions from (value, quality, status, since, *origin) rows, newest first; of equal neighbours the oldest."""
    states: list[ValueVersion] = []
    for value, quality, status, since, *origin in rows:
        state = ValueVersion(value, _quality(value, quality or 0), status or 0, since, Origin(*origin))
        if states and (state.value, state.quality, state.status) == (
            states[-1].value,
            states[-1].quality,
            states[-1].status,
        ):
            states.pop()
        states.append(state)
    while states and states[-1].quality == Quality.MISSING:
        states.pop()
    return states


def _quality(value: int | None, code: int) -> int:
    return Quality.MISSING if value is None and code == 0 else code
