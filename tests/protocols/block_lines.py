"""Two ends of general block transfer with a line between them that may lose, double and reorder whole frames."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from protocols.dlms.general_block import TAG, GeneralBlock, decode_general_block
from protocols.dlms.general_block_framing import GeneralBlockFraming
from protocols.wrapper import HEADER_SIZE, WrapperFraming

MAX_ROUNDS = 2000


def client_end(**settings: int) -> GeneralBlockFraming:
    """The end that asks."""
    return GeneralBlockFraming(WrapperFraming(1, 1), active=True, **settings)


def server_end(**settings: int) -> GeneralBlockFraming:
    """The end that answers."""
    return GeneralBlockFraming(WrapperFraming(1), active=False, **settings)


def frames(data: bytes) -> list[bytes]:
    """The whole wrapper frames in octets sent."""
    found = []
    while data:
        end = HEADER_SIZE + int.from_bytes(data[6:8], "big")
        found.append(data[:end])
        data = data[end:]
    return found


def blocks(data: bytes) -> list[GeneralBlock]:
    """The general blocks in octets sent; ordinary APDUs are left out."""
    apdus = [frame[HEADER_SIZE:] for frame in frames(data)]
    return [decode_general_block(apdu) for apdu in apdus if apdu[0] == TAG]


@dataclass
class Faults:
    """What the line does to frames, each with its probability; nothing once `budget` faults were made."""

    seed: int = 0
    lose: float = 0.0
    double: float = 0.0
    swap: float = 0.0
    budget: int = 50
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def apply(self, sent: list[bytes]) -> list[bytes]:
        """What of the frames arrives, in the order it arrives."""
        arriving: list[bytes] = []
        for frame in sent:
            if self._strikes(self.lose):
                continue
            arriving.append(frame)
            if self._strikes(self.double):
                arriving.append(frame)
            if len(arriving) > 1 and self._strikes(self.swap):
                arriving[-2:] = reversed(arriving[-2:])
        return arriving

    def _strikes(self, probability: float) -> bool:
        if self.budget and self._random.random() < probability:
            self.budget -= 1
            return True
        return False


def heard(end: GeneralBlockFraming, arriving: list[bytes]) -> tuple[list[bytes], bytes]:
    """The APDUs an end finds in frames that arrive one by one, and what it says to them of its own."""
    found, said = [], []
    for frame in arriving:
        end.receive_data(frame)
        found += list(iter(end.next_apdu, None))
        said.append(end.outgoing())
    return found, b"".join(said)


def ask(
    client: GeneralBlockFraming,
    server: GeneralBlockFraming,
    request: bytes,
    answer: Callable[[bytes], bytes],
    faults: Faults | None = None,
) -> bytes:
    """One request and its answer over the line; after silence the client repeats, as its transport would make it do."""
    line = faults or Faults()
    data = client.frame(request)
    for _ in range(MAX_ROUNDS):
        requests, said = heard(server, line.apply(frames(data)))
        said += b"".join([server.frame(answer(each)) for each in requests])
        answers, data = heard(client, line.apply(frames(said)))
        if answers:
            return answers[0]
        data = data or client.repeat()
    raise AssertionError("the exchange does not come to an end")
