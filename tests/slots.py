"""Numbered places for test runs: each process that tests claims one, and with it a database and a Valkey number.

Several runs in one clone, and the parallel workers of one run, therefore never meet. The claim is a file lock,
so the place of a killed run is free again at once.
"""

import fcntl
import os
from dataclasses import dataclass

from aim import places

# Valkey has 64 databases; number 0 belongs to the product.
NUMBERS = range(1, 64)


@dataclass(frozen=True)
class Slot:
    """A claimed place; the claim ends with the process or with `release`."""

    number: int
    descriptor: int

    @property
    def database(self) -> str:
        """Name of the slot's database."""
        return f"test_openaim_{self.number}"

    def release(self) -> None:
        """Give the place back."""
        os.close(self.descriptor)


def claim() -> Slot:
    """The first free place; RuntimeError if all are taken."""
    folder = places.VAR / "test-slots"
    folder.mkdir(parents=True, exist_ok=True)
    for number in NUMBERS:
        descriptor = os.open(folder / str(number), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        return Slot(number, descriptor)
    raise RuntimeError(f"all {len(NUMBERS)} places for test runs are taken")
