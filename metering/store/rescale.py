"""Multiplying what is stored of one series by a power of ten, portion by portion."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering.store import wire
from metering.store.batch import NO_VALUE, VALUE_LIMIT
from metering.store.blocks import pack_values, unpack_values, value_widths

_DAYS_AT_ONCE = 400
_LARGEST_STEP = 16
"""10^16 is beyond the limit of values: of a larger step only zeros survive."""


def rescale_blocks(series_id: int, step: int) -> int | None:
    """Multiply all blocks of a series and their former states by 10^`step`; the first value too large for it, or None.

    Where it answers one, some of the rest is multiplied already: the caller undoes the transaction.
    """
    first, last = wire.fetch(_PERIOD, {"series": series_id})[0]
    if first is None:
        return None
    for start in range(first, last + 1, _DAYS_AT_ONCE):
        params = {"series": series_id, "first": start, "last": start + _DAYS_AT_ONCE - 1, "factor": factor(step)}
        for table in ("series_day", "series_day_version"):
            too_large = _rescale_portion(table, params, step)
            if too_large is not None:
                return too_large
    return None


def rescale_registers(series_id: int, step: int) -> int | None:
    """Multiply all register values of a series and their former states; the largest if that is too large, or None."""
    for table in ("register_value", "register_value_version"):
        largest = wire.fetch(
            f"SELECT value FROM {table} WHERE series_id = %(series)s AND value IS NOT NULL"  # noqa: S608
            " ORDER BY abs(value) DESC LIMIT 1",
            {"series": series_id},
        )
        if largest and not fits(np.array([largest[0][0]], np.int64), step).all():
            return int(largest[0][0])
        wire.execute(
            f"UPDATE {table} SET value = value * %(factor)s::bigint WHERE series_id = %(series)s",  # noqa: S608
            {"series": series_id, "factor": factor(step)},
        )
    return None


def _rescale_portion(table: str, params: dict[str, Any], step: int) -> int | None:
    rows = wire.fetch(_FETCH[table], params)
    scaled: list[bytes] = [b""] * len(rows)
    for slots in {row[2] for row in rows}:
        own = [n for n, row in enumerate(rows) if row[2] == slots]
        values = unpack_values([rows[n][3] for n in own], slots)
        fitting = fits(values, step)
        if not fitting.all():
            return int(values[~fitting][0])
        for n, block in zip(own, _encoded(_times(values, step)), strict=True):
            scaled[n] = block
    days, versions = np.array([row[:2] for row in rows], np.int64).reshape(-1, 2).T
    keys = {"days": days, "versions": versions}
    wire.execute(_UPDATE[table], params | keys | {"blocks": scaled})
    return None


def fits(values: NDArray[np.int64], step: int) -> NDArray[np.bool_]:
    """Whether each value times 10^`step` is within the limit of the store; same shape."""
    limit = (VALUE_LIMIT - 1) // 10**step
    within: NDArray[np.bool_] = (values == NO_VALUE) | ((values >= -limit) & (values <= limit))
    return within


def _times(values: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    empty = values == NO_VALUE
    return np.where(empty, NO_VALUE, np.where(empty, 0, values) * factor(step))


def factor(step: int) -> int:
    """10^`step`, or 10^16 where only zeros can be multiplied."""
    power: int = 10 ** min(step, _LARGEST_STEP)
    return power


def _encoded(values: NDArray[np.int64]) -> list[bytes]:
    """Blocks as stored, each as narrow as it can be."""
    widths = value_widths(values).tolist()
    return [pack_values(values[n : n + 1], width).tobytes() for n, width in enumerate(widths)]


_BETWEEN = """
series_id = %(series)s AND day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
"""
_PERIOD = """
SELECT min(day) - date '1970-01-01', max(day) - date '1970-01-01' FROM series_day WHERE series_id = %(series)s
"""
_FETCH = {
    "series_day": f"""
        SELECT (day - date '1970-01-01')::bigint, 0::bigint, 86400 / interval_s, d.values
        FROM series_day d WHERE {_BETWEEN}
    """,  # noqa: S608  (no text from outside)
    "series_day_version": f"""
        SELECT (day - date '1970-01-01')::bigint, version::bigint, slots::integer, d.values
        FROM series_day_version d WHERE {_BETWEEN}
    """,  # noqa: S608
}
_BLOCKS = """
FROM unnest(%(days)s::bigint[], %(versions)s::bigint[], %(blocks)s::bytea[]) AS k (number, version, block)
"""
_UPDATE = {
    "series_day": f"""
        UPDATE series_day d
        SET values = k.block, total = d.total * %(factor)s::bigint, maximum = d.maximum * %(factor)s::bigint
        {_BLOCKS} WHERE {_BETWEEN} AND d.day = date '1970-01-01' + k.number::integer
    """,  # noqa: S608
    "series_day_version": f"""
        UPDATE series_day_version d SET values = k.block
        {_BLOCKS} WHERE {_BETWEEN} AND d.day = date '1970-01-01' + k.number::integer AND d.version = k.version
    """,  # noqa: S608
}
