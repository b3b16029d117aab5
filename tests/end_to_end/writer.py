"""A program that writes round after round to series it shares with another one, whatever happens to the server.

`python -m tests.end_to_end.writer NUMBER ENOUGH SERIES…`: NUMBER 0 or 1. A third of the slots is its own, a third the
other's, a third is written by both. It goes on until there is a file ENOUGH. Prints a line for every round that is
committed, and one for every try that failed.
"""

import itertools
import sys
import time
from pathlib import Path

import django
import numpy as np

django.setup()

from django.db import InterfaceError, OperationalError, connection  # noqa: E402

from metering.store import NO_VALUE, Batch, Origin, write  # noqa: E402

DAYS = 3
FIRST_DAY = 20_500
SLOTS = 96
SHARED = 2
AGAIN = "again"


def value(number: int, round_: int) -> int:
    """What writer `number` stores in its round: no value occurs twice."""
    return 10 * round_ + number + 1


def batch(number: int, round_: int, series: list[int]) -> Batch:
    slots = np.arange(SLOTS) % 3
    row = np.where((slots == number) | (slots == SHARED), value(number, round_), NO_VALUE)
    keys = [(each, FIRST_DAY + day) for each in series for day in range(DAYS)]
    ids, days = np.array(keys, np.int64).T
    return Batch(900, ids.copy(), days.astype(np.int32), np.tile(row, (len(keys), 1)))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(number: int, enough: Path, series: list[int]) -> None:
    for round_ in itertools.count():
        while True:
            try:
                write(batch(number, round_, series), origin=Origin(job_id=round_))
                break
            except (OperationalError, InterfaceError):
                connection.close()
                say(AGAIN)
                time.sleep(0.02)
        say(f"{round_}")
        if enough.exists():
            return


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), [int(each) for each in sys.argv[3:]])
