"""Telling a measurement that is news from one that was heard before.

Meters are read with overlap, so a reading that a person replaced, or that was found doubtful and then estimated, comes
again with the next reading. Only a measurement that differs from every one received for the slot before may
overturn the decision or the estimate that stands now.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality, QualityClass, is_substitute, quality_class
from metering.store import wire
from metering.store.batch import Batch
from metering.store.blocks import Blocks, unpack_quality, unpack_status, unpack_values
from metering.store.fetch import StoredBlocks

_JUDGEMENTS = (Quality.VERIFIED, Quality.REJECTED, Quality.SENTINEL)


def without_old_news(batch: Batch, stored: StoredBlocks, blocks: Blocks) -> NDArray[np.bool_]:
    """`batch.given` less the measurements a decision or estimate replaced before.

    Rows of the batch, of what is stored and of that decoded (`blocks`) belong together.
    """
    given = batch.given
    if blocks.quality is None:
        return given
    substituted = is_substitute(blocks.quality)
    arriving = given if batch.quality is None else given & _is_reading(batch.quality)
    questionable = arriving & substituted
    rows = np.flatnonzero(questionable.any(axis=1) & (stored.versions > 1))
    return given & ~(questionable & _heard(batch, rows)) if rows.size else given


def _is_reading(quality: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where this is what a meter said. That a value is verified, or rejected, is a judgement of what was heard before,
    and news."""
    found: NDArray[np.bool_] = (quality_class(quality) <= QualityClass.SUSPECT) & ~np.isin(quality, _JUDGEMENTS)
    return found


def _heard(batch: Batch, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """bool (n, slots): values of these rows of the batch that an earlier version holds as a measurement."""
    heard = np.zeros(batch.values.shape, np.bool_)
    status = np.zeros(batch.values.shape, np.uint32) if batch.status is None else batch.status
    for n, first, slots, values, codes, words in _former_states(batch, rows):
        row, part = rows[n], slice(first, first + slots)
        former_codes, former_words = unpack_quality([codes], slots), unpack_status([words], slots)
        same = unpack_values([values], slots)[0] == batch.values[row, part]
        if former_codes is not None:
            same &= quality_class(former_codes[0]) <= QualityClass.SUSPECT
        heard[row, part] |= same & (status[row, part] == (0 if former_words is None else former_words[0]))
    return heard


def _former_states(
    batch: Batch, rows: NDArray[np.intp]
) -> list[tuple[int, int, int, bytes, bytes | None, bytes | None]]:
    days = batch.days[rows]
    return wire.fetch(
        """
        SELECT k.n - 1, v.first_slot, v.slots, v.values, v.quality, v.status
        FROM unnest(%(series)s::bigint[], %(days)s::bigint[]) WITH ORDINALITY AS k (series_id, day, n)
        CROSS JOIN LATERAL (
            SELECT * FROM series_day_version s
            WHERE s.series_id = k.series_id AND s.day = date '1970-01-01' + k.day::integer
            AND s.day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
            OFFSET 0) AS v
        """,
        {
            "series": batch.series_ids[rows],
            "days": days,
            "first": int(days.min()),
            "last": int(days.max()),
        },
    )
