"""What a check finds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong; the value is its name in JSON."""

    NO_TABLE = "no_table"
    LOOSE_TABLE = "loose_table"
    FOREIGN_TABLE = "foreign_table"
    BLOCK = "block"
    SUMMARY = "summary"
    VERSIONS = "versions"
    ARRIVALS = "arrivals"
    NO_SERIES = "no_series"
    NO_BLOCK = "no_block"
    NO_LEDGER = "no_ledger"
    SUMS = "sums"
    HISTOGRAM = "histogram"
    NO_FILE = "no_file"
    FILE = "file"


ADVICE = {
    Fault.NO_TABLE: "Start the scheduler: it makes the tables of the coming months.",
    Fault.LOOSE_TABLE: "Its rows are not read. Run manage.py store archive or unarchive for its month again if one was "
    "under way; otherwise attach it to its parent.",
    Fault.FOREIGN_TABLE: "Detach it, and move its rows to the tables of their months.",
    Fault.BLOCK: "The values cannot be read. Restore the row from a backup, or delete it and read the meter again.",
    Fault.SUMMARY: "Run manage.py store check --repair-summaries: the values are right, what is known of them is not.",
    Fault.VERSIONS: "Former values are lost or doubled; the present ones are right. Restore the rows from a backup.",
    Fault.ARRIVALS: "The values are right; which write each came with is not known. Restore the row from a backup.",
    Fault.NO_SERIES: "Restore the series from a backup, or delete the rows.",
    Fault.NO_BLOCK: "The former states stay without the present one. Restore that from a backup.",
    Fault.NO_LEDGER: "Who stored the values, and why, is lost. Restore the rows of value_origin from a backup.",
    Fault.SUMS: "Run manage.py store check --repair-summaries: the month of the series is summed up anew.",
    Fault.HISTOGRAM: "Run manage.py store check --repair-summaries: the month of the series is summed up anew.",
    Fault.NO_FILE: "Put the file, or the rows of store_archive, back from a backup: its values cannot be read.",
    Fault.FILE: "Put the file back from a backup: its values cannot be relied on.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault: where (`table` or file; of rows also `series_id`, `day` or another key) and what is not as it should."""

    fault: Fault
    table: str
    what: str
    series_id: int | None = None
    day: dt.date | None = None

    @property
    def where(self) -> str:
        """In words."""
        series = "" if self.series_id is None else f", series {self.series_id}"
        return self.table + series + ("" if self.day is None else f", {self.day}")

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "fault": self.fault.value,
            "table": self.table,
            "series": self.series_id,
            "day": None if self.day is None else self.day.isoformat(),
            "what": self.what,
            "advice": ADVICE[self.fault],
        }


def of_rows(fault: Fault, table: str, what: str, keys: Iterable[tuple[int, int]]) -> Iterator[Finding]:
    """One finding for each of these keys, series and day since 1970."""
    epoch = dt.date(1970, 1, 1)
    return (Finding(fault, table, what, series, epoch + dt.timedelta(days=day)) for series, day in keys)
