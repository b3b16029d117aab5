"""The table with a row per value that the store is measured against.

It gets the values by binary COPY, built with the same vectorised encoder, so that it is as fast as such a table can be
filled.
"""

from __future__ import annotations

import numpy as np

from bench.store.days import SLOTS
from metering.intervals import DAY_S
from metering.quality import Quality
from metering.store import Batch, wire
from metering.store import copy as pg

TABLE = "row_per_value"


def create() -> None:
    """Make the table."""
    wire.execute(
        f"CREATE TABLE {TABLE} (series_id bigint NOT NULL, at timestamptz NOT NULL, value bigint NOT NULL, "
        "quality smallint NOT NULL, PRIMARY KEY (series_id, at))"
    )


def put(batch: Batch) -> None:
    """Copy the values of a batch into it."""
    seconds = batch.days.astype(np.int64)[:, None] * DAY_S + np.arange(SLOTS) * batch.interval_s
    columns = [
        pg.integer(np.repeat(batch.series_ids, SLOTS), 8),
        pg.integer(pg.pg_microseconds(seconds.reshape(-1)), 8),
        pg.integer(batch.values.reshape(-1), 8),
        pg.integer(int(Quality.MEASURED), 2),
    ]
    wire.copy_in(TABLE, [pg.HEADER, pg.rows(columns, batch.values.size), pg.TRAILER])
