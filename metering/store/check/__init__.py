"""Whether the store holds what it says: partitions, blocks against their summaries, orphans, sums, archived files.

Each statement sees one state of the database, so writers may go on meanwhile. Memory is bounded whatever is stored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from metering.store.check.blocks import check_blocks
from metering.store.check.files import check_files
from metering.store.check.findings import Finding
from metering.store.check.orphans import check_orphans
from metering.store.check.sums import check_sums
from metering.store.check.tables import check_tables
from metering.store.partitions import months_of

Tell = Callable[[str], None]


def check(month: dt.date | None, *, tell: Tell) -> Iterator[Finding]:
    """What is not as it should be in this month (its first day), or in all months, online and archived.

    `tell` hears where it is.
    """
    tell("tables")
    yield from check_tables()
    months = months_of("series_day") if month is None else [month]
    for each in months:
        if each in months_of("series_day"):
            yield from check_blocks(each, tell)
        yield from check_orphans(each, tell)
        yield from check_sums(each, tell)
    yield from check_files(month, tell)
