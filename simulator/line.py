"""What a faulty line or meter does to right answers: delay, noise, loss, cut."""

from dataclasses import dataclass

from simulator.device import AnyDevice
from simulator.faults import Corrupt, Cut, Drop, Garbage, Slow
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


def corrupted(seed: int, answer: bytes) -> bytes:
    """The answer with one seeded bit turned over, in its second half but not in the last octet, an HDLC flag."""
    first, last = len(answer) // 2, len(answer) - 1
    position, bit = divmod(mixed(seed), 8)
    place = first + position % max(last - first, 1)
    return answer[:place] + bytes((answer[place] ^ 1 << bit,)) + answer[place + 1 :]


class Line:
    """One connection's way out; counts answers and octets because some faults begin at one of them."""

    def __init__(self, device: AnyDevice) -> None:
        self._device = device
        self._seed = int(device.spec.system_title, 16)
        self._answers = 0
        self._sent = 0

    def deliver(self, answer: bytes) -> Delivery:
        """What becomes of an answer under the faults in force now."""
        if not self._device.faults:
            return Delivery(answer)
        slow = self._device.fault(Slow)
        spoilt = self._spoilt(answer)
        self._answers += 1
        return self._cut(spoilt, slow.delay_ms / 1000 if slow else 0.0)

    def pass_on(self, delivery: Delivery) -> Delivery:
        """What becomes of an answer that another line has delivered here."""
        own = self.deliver(delivery.data)
        return Delivery(own.data, own.delay + delivery.delay, own.close or delivery.close)

    def _spoilt(self, answer: bytes) -> bytes:
        drop, corrupt, garbage = self._device.fault(Drop), self._device.fault(Corrupt), self._device.fault(Garbage)
        number = self._answers
        if drop and drop.hits(number):
            return b""
        if garbage and number >= garbage.after:
            return noise(self._seed + number, len(answer))
        return corrupted(self._seed + number, answer) if answer and corrupt and corrupt.hits(number) else answer

    def _cut(self, answer: bytes, delay: float) -> Delivery:
        cut = self._device.fault(Cut)
        before, self._sent = self._sent, self._sent + len(answer)
        if cut and self._sent > cut.after_bytes:
            return Delivery(answer[: max(cut.after_bytes - before, 0)], delay, close=True)
        return Delivery(answer, delay)
