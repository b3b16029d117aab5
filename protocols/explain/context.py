"""What one frame says and a later one needs: keys and titles, half a message, the question to an answer."""

from dataclasses import dataclass, field

_FEW = 4
MAX_JOINED = 1 << 20
"""Octets of one message in pieces; no meter sends more."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the reader knows: keys of 16 or 32 octets, empty where unknown, and system titles of senders.

    `encryption` is the global key (or the broadcast key), `kek` the master key that wraps others. Not shown in
    representations.
    """

    encryption: bytes = field(default=b"", repr=False)
    authentication: bytes = field(default=b"", repr=False)
    dedicated: bytes = field(default=b"", repr=False)
    kek: bytes = field(default=b"", repr=False)
    titles: tuple[bytes, ...] = ()


class Conversation:
    """The memory of one explanation: it learns while frames pass, all of it bounded."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.depth = 0
        self.next_block = 1
        self.dedicated = keys.dedicated
        self._learned: list[tuple[bool, bytes]] = []
        self._asked: dict[int, str] = {}
        self._pieces: dict[object, bytearray] = {}

    def learn_title(self, title: bytes, *, client: bool) -> None:
        """The client or the server named itself."""
        if title:
            self._learned = [(client, title), *(pair for pair in self._learned if pair != (client, title))][:_FEW]

    def titles(self, *, client: bool) -> list[bytes]:
        """Titles the sender may have, the likeliest first: said by this side, given to us, said by the other side."""
        own = [title for said, title in self._learned if said == client]
        others = [title for said, title in self._learned if said != client]
        return list(dict.fromkeys((*own, *self.keys.titles[:_FEW], *others)))

    def ask(self, invoke: int, question: str) -> None:
        """Remember a question by its invoke id."""
        self._asked[invoke & 0x0F] = question

    def asked(self, invoke: int) -> str:
        """The question an answer belongs to, empty where it was not seen."""
        return self._asked.get(invoke & 0x0F, "")

    def piece(self, key: object, octets: bytes, *, last: bool) -> bytes:
        """Keep a piece of a message in many; the whole once the last one came, else nothing."""
        pieces = self._pieces.setdefault(key, bytearray())
        if len(pieces) + len(octets) <= MAX_JOINED:
            pieces += octets
        return bytes(self._pieces.pop(key)) if last else b""

    def begun(self, key: object) -> bool:
        """Whether pieces of a message are waiting for the rest."""
        return key in self._pieces

    def forget(self, key: object) -> None:
        """Drop the pieces of a message that begins anew."""
        self._pieces.pop(key, None)
