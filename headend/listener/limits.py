"""How much one address may ask of the listener, so that one caller never takes it from all others."""

from collections import Counter, OrderedDict
from dataclasses import dataclass

_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """Per address: connections at once and messages a second (a second's worth at once). `octets` per message.

    A connection that says nothing for `silence_s` seconds is ended.
    """

    connections: int = 100
    messages_s: int = 200
    octets: int = 65_536
    silence_s: float = 60.0


class Limits:
    """Counts what addresses do. The loop's clock is given in, so nothing here waits."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self._open: Counter[str] = Counter()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def enter(self, host: str) -> bool:
        """Whether this address may open another connection; it is counted if so."""
        if self._open[host] >= self.bounds.connections:
            return False
        self._open[host] += 1
        return True

    def leave(self, host: str) -> None:
        """A connection of this address has ended."""
        self._open[host] -= 1
        if self._open[host] <= 0:
            del self._open[host]

    def spend(self, host: str, now: float) -> float:
        """One message of this address; how many seconds it must be silent before its next one is due, 0 for none."""
        rate = float(self.bounds.messages_s)
        left, since = self._buckets.pop(host, (rate, now))
        left = min(rate, left + (now - since) * rate) - 1
        self._buckets[host] = left, now
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        return max(0.0, -left / rate)
