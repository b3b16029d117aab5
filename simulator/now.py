"""What time it is for the fleet: real, shifted to another instant, or standing still (tests, benches, DST days)."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Now:
    """True time of the fleet in UTC epoch seconds: the system clock plus `shift`, or always `fixed`."""

    shift: int = 0
    fixed: int | None = None

    def __call__(self) -> int:
        return int(time.time()) + self.shift if self.fixed is None else self.fixed

    @classmethod
    def starting_at(cls, at: int, stand_still: bool) -> "Now":
        """Time that is `at` now and goes on, or stands still there."""
        return cls(fixed=at) if stand_still else cls(shift=at - int(time.time()))
