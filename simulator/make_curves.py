"""Builds `simulator/data/curves.npz` from the household samples of the package eemeter (see NOTICE).

    python -m simulator.make_curves SOURCE_FOLDER simulator/data/curves.npz

Per home the file holds `<home>.days` (proleptic ordinals of complete local days, int32) and
`<home>.energy` (Wh per source interval, uint16, days x 24 or 48).
"""

import csv
import gzip
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

LONDON = ZoneInfo("Europe/London")
# (home, sample file number, intervals a day, stamps are UTC, day and month swapped where both readings are possible)
SAMPLES = (
    ("home-0", 0, 24, True, False),
    ("home-1", 1, 48, False, False),
    # Unswapped, sample 2 covers 2012-02-20 to 2014-02-28 without a hole; as written it jumps by months.
    ("home-2", 2, 48, False, True),
)


def unswapped(stamp: datetime) -> datetime:
    """`stamp` with day and month exchanged, as a reader that took d/m for m/d must have done."""
    return stamp.replace(month=stamp.day, day=stamp.month) if stamp.day <= 12 else stamp


def readings(path: Path, utc: bool, swapped: bool) -> Iterator[tuple[datetime, int]]:
    """Local start and energy in Wh of each row of a sample (source: kWh with float noise below 1 Wh)."""
    with gzip.open(path, "rt", newline="") as text:
        for row in csv.DictReader(text):
            stamp = datetime.fromisoformat(row["start"])
            if utc:
                stamp = stamp.astimezone(LONDON).replace(tzinfo=None)
            yield unswapped(stamp) if swapped else stamp, round(float(row["value"]) * 1000)


def complete_days(rows: Iterator[tuple[datetime, int]], per_day: int) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
    """Days that have every interval, in order: (ordinals, Wh of shape days x per_day).

    The samples repeat a midnight row about once a month; the repeats are equal, so a later one changes nothing.
    """
    days: dict[date, dict[int, int]] = {}
    for stamp, wh in rows:
        slot = (stamp.hour * 60 + stamp.minute) * per_day // 1440
        days.setdefault(stamp.date(), {})[slot] = wh
    kept = sorted(day for day, slots in days.items() if len(slots) == per_day)
    energy = [[days[day][slot] for slot in range(per_day)] for day in kept]
    return np.array([day.toordinal() for day in kept], np.int32), np.array(energy, np.uint16)


def main(source: Path, target: Path) -> None:
    """Read the samples in `source` and write the compact file `target`."""
    arrays: dict[str, NDArray[np.int32] | NDArray[np.uint16]] = {}
    for home, number, per_day, utc, swapped in SAMPLES:
        path = source / f"uk-electricity-hdd-only-hourly-sample-{number}.csv.gz"
        arrays[f"{home}.days"], arrays[f"{home}.energy"] = complete_days(readings(path, utc, swapped), per_day)
    np.savez_compressed(target, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
