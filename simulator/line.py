"""What a faulty line or meter does to right answers: delay, noise, cut."""

from dataclasses import dataclass

from simulator.faults import Cut, Garbage, Slow
from simulator.meter import Meter
from simulator.seeds import mixed


@dataclass(frozen=True, slots=True)
class Delivery:
    """What goes out: octets after a delay in seconds, then perhaps the end of the connection."""

    data: bytes
    delay: float = 0.0
    close: bool = False


def noise(seed: int, length: int) -> bytes:
    """Seeded octets that are no protocol at all."""
    words = (mixed(seed, position).to_bytes(8, "big") for position in range(-(-length // 8)))
    return b"".join(words)[:length]


class Line:
    """One connection's way out; counts answers and octets because some faults begin at one of them."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._answers = 0
        self._sent = 0

    def deliver(self, answer: bytes) -> Delivery:
        """What becomes of an answer under the faults in force now."""
        if not self._meter.faults:
            return Delivery(answer)
        garbage, slow = self._meter.fault(Garbage), self._meter.fault(Slow)
        if garbage and self._answers >= garbage.after:
            answer = noise(self._meter.spec.seed + self._answers, len(answer))
        self._answers += 1
        delay = slow.delay_ms / 1000 if slow else 0.0
        return self._cut(answer, delay)

    def _cut(self, answer: bytes, delay: float) -> Delivery:
        cut = self._meter.fault(Cut)
        before, self._sent = self._sent, self._sent + len(answer)
        if cut and self._sent > cut.after_bytes:
            return Delivery(answer[: max(cut.after_bytes - before, 0)], delay, close=True)
        return Delivery(answer, delay)
