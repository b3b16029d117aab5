"""What must hold for every input of every decoder, whichever engine made it."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from protocols.errors import LocalProtocolError, ProtocolError

SECONDS_PER_OCTET = 0.1 / 65536
LEAST_SECONDS = 0.1
"""64 kB in 100 ms, and 100 ms for anything shorter: what costs grow faster than the input takes many times as long."""
TRACED = 6
"""How many times as long it may take while coverage is measured."""
ROUNDS = 3
"""A slow run is repeated: another process may have had the processor's caches."""


class BrokenError(AssertionError):
    """An invariant does not hold; the message says which."""


@dataclass(frozen=True)
class Target:
    """`take` decodes octets; `seeds` makes good ones; `again` encodes what was decoded, where there is an encoder.

    `seconds` is how many times as long as the others it may take, for targets that do many things with one input.
    """

    name: str
    take: Callable[[bytes], Any]
    seeds: Callable[[], list[bytes]]
    again: Callable[[Any], bytes] | None = None
    seconds: float = 1.0
    most: int = 1 << 16

    def check(self, octets: bytes) -> bool:
        """Whether the octets were taken; False when they were refused in the library's own words.

        `BrokenError` when a refusal has no words or what was decoded is not stable; any other error leaves as it is.
        """
        try:
            value = self.take(octets)
        except ProtocolError as error:
            if not str(error):
                raise BrokenError(f"{self.name}: {type(error).__name__} without words") from error
            return False
        if self.again is not None:
            self._check_stable(self.again, value)
        return True

    def _check_stable(self, again: Callable[[Any], bytes], value: Any) -> None:
        try:
            octets = again(value)
        except LocalProtocolError:
            return
        repeated = self.take(octets)
        if repeated != value:
            raise BrokenError(f"{self.name}: {value!r} is sent as {octets.hex()} and read as {repeated!r}")

    def check_soon(self, octets: bytes) -> None:
        """The same within the time allowed. `BrokenError` when it takes longer every time."""
        allowed = (TRACED if sys.gettrace() else 1) * self.seconds * max(LEAST_SECONDS, SECONDS_PER_OCTET * len(octets))
        spent = min(self._spent(octets) for _ in range(ROUNDS))
        if spent > allowed:
            raise BrokenError(
                f"{self.name}: {len(octets)} octets took {spent:.3f} s of processor, {allowed:.3f} allowed"
            )

    def _spent(self, octets: bytes) -> float:
        begun = time.process_time()
        self.check(octets)
        return time.process_time() - begun
