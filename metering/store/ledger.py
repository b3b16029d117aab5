"""Series locks and the ledger of writes: what every write does first, for blocks and registers alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.store import wire
from metering.store.outcome import Origin


@dataclass(frozen=True, slots=True, eq=False)
class Locked:
    """Series held until the end of the transaction: `ids` int64 (n,) ascending, `raw` bool (n,) = stand series."""

    ids: NDArray[np.int64]
    raw: NDArray[np.bool_]

    def known(self, series_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each series exists; same shape."""
        return np.isin(series_ids, self.ids)

    def among(self, series_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `series_ids` that exist, each once, ascending."""
        return np.intersect1d(self.ids, series_ids)

    def is_raw(self, series_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each series holds stands, which nobody may edit or estimate; same shape."""
        return np.isin(series_ids, self.ids[self.raw])


@dataclass(frozen=True, slots=True)
class Entry:
    """One write in `value_origin`; `at_us` is its instant as PostgreSQL counts: microseconds since 2000."""

    id: int
    at_us: int


def lock_series(series_ids: NDArray[np.int64]) -> Locked:
    """Take these series, and those they feed, until the end of the transaction that must be open.

    One statement takes all row locks in ascending order, the derived series included, so two writes cannot
    wait for each other. A transaction that writes twice can, and PostgreSQL then ends one of them: such a transaction
    calls this first, with the series of all its writes.
    """
    rows = wire.fetch(_SERIES + "ORDER BY id FOR NO KEY UPDATE", {"ids": np.unique(series_ids)})
    return _known(rows)


def look_up_series(series_ids: NDArray[np.int64]) -> Locked:
    """What `lock_series` answers, without waiting for anybody or holding anything."""
    return _known(wire.fetch(_SERIES + "ORDER BY id", {"ids": np.unique(series_ids)}))


_SERIES = """
SELECT id, kind = 'stand' FROM metering_series
WHERE id = ANY (ARRAY(
    SELECT unnest(%(ids)s::bigint[])
    UNION SELECT feeds_id FROM metering_series WHERE id = ANY (%(ids)s::bigint[])))
"""


def _known(rows: list[tuple[int, bool]]) -> Locked:
    ids, raw = zip(*rows, strict=True) if rows else ((), ())
    return Locked(np.array(ids, np.int64), np.array(raw, np.bool_))


def enter(origin: Origin) -> Entry:
    """Note a write in the ledger. Its instant is taken under the locks, so states of one value follow in time."""
    rows = wire.fetch(
        """
        INSERT INTO value_origin (at, job_id, user_id, rule, message, action_id)
        VALUES (clock_timestamp(), %(job_id)s, %(user_id)s, %(rule)s, %(message)s, %(action_id)s)
        RETURNING id, (extract(epoch FROM at) * 1000000)::bigint - 946684800000000
        """,
        {
            "job_id": origin.job_id,
            "user_id": origin.user_id,
            "rule": origin.rule,
            "message": origin.message,
            "action_id": origin.action_id,
        },
    )
    return Entry(*rows[0])
