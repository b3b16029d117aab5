"""The two sides of one exchange by general blocks: what we send, and what we have of the peer.

Each side numbers its blocks from 1 through the whole exchange; empty blocks, which only confirm, count too. A side that
has sent its last data goes on with empty blocks marked last.
"""

from protocols.dlms.general_block import MAX_NUMBER, GeneralBlock
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError


class SendingSide:
    """Our blocks: `sent` is the highest number used, `acknowledged` what the peer has without a gap.

    `ended` tells that no data will follow what was loaded, which is what the last-block bit says.
    """

    __slots__ = ("_chunks", "_first", "acknowledged", "ended", "sent")

    def __init__(self, *, ended: bool) -> None:
        self._first = 1
        self._chunks: list[bytes] = []
        self.sent = 0
        self.acknowledged = 0
        self.ended = ended

    @property
    def last(self) -> int:
        """Number of the last block with data; 0 while there is none."""
        return self._first + len(self._chunks) - 1

    @property
    def has_data(self) -> bool:
        """Whether an APDU was loaded."""
        return bool(self._chunks)

    def load(self, apdu: bytes, size: int) -> None:
        """Cut an APDU into blocks of `size` octets, numbered after what was sent already.

        LocalProtocolError (TOO_LARGE) when the numbers do not suffice: they may not begin again.
        """
        count = -(-len(apdu) // size)
        if self.sent + count > MAX_NUMBER:
            raise LocalProtocolError(Cause.TOO_LARGE, f"{len(apdu)} octets need {count} blocks of {size}")
        self._first = self.sent + 1
        self._chunks = [apdu[start : start + size] for start in range(0, len(apdu), size)]
        self.ended = True

    def finish(self) -> None:
        """The peer answers, so it wants no more: what was not sent yet never will be."""
        self._chunks = self._chunks[: max(self.sent - self._first + 1, 0)]
        self.acknowledged = self.sent

    def next_empty(self) -> int:
        """The number of the next block without data. RemoteProtocolError (TOO_LARGE) when all are used."""
        if self.sent == MAX_NUMBER:
            raise RemoteProtocolError(Cause.TOO_LARGE, "the block numbers of this transfer are used up")
        self.sent += 1
        return self.sent

    def content(self, number: int) -> tuple[bytes, bool]:
        """Data and last-block bit of a block that was or may be sent."""
        index = number - self._first
        data = self._chunks[index] if 0 <= index < len(self._chunks) else b""
        return data, self.ended and number >= self.last


class ReceivingSide:
    """The peer's blocks, put in order; those after a gap wait, so that only the gap has to come again.

    `limit` bounds the octets of one APDU, `window` how far after a gap a block may be to be kept. `ended`: the peer's
    data is complete, or it sent its request as an ordinary APDU; only confirmations can follow.
    """

    __slots__ = ("_ahead", "_first_data", "_has_data", "_limit", "_parts", "_size", "_window", "ended", "in_order")

    def __init__(self, limit: int, window: int, *, ended: bool) -> None:
        self._limit = limit
        self._window = window
        self._ahead: dict[int, GeneralBlock] = {}
        self._parts: list[bytes] = []
        self._size = 0
        self._has_data = False
        self.in_order = 0
        self.ended = ended
        self._first_data = b""

    @property
    def begun(self) -> bool:
        """Whether data is under way: some of it came, the last not yet."""
        return self._has_data and not self.ended

    @property
    def gap(self) -> int:
        """How many blocks are missing before the first one that waits; 0 without a gap."""
        return min(self._ahead) - self.in_order - 1 if self._ahead else 0

    def has_other_start(self, block: GeneralBlock) -> bool:
        """Whether the data we have began with another first block than this."""
        return self._first_data not in (b"", block.data)

    def take(self, block: GeneralBlock) -> bool:
        """Take a block; whether it is new. RemoteProtocolError (TOO_LARGE) beyond the limit."""
        if self.ended:
            new = block.number > self.in_order and not block.data
            self.in_order = max(self.in_order, block.number) if new else self.in_order
            return new
        if block.number == 1 and block.data and not self._size:
            # Peers exist whose confirmations take no numbers of their own.
            self.in_order = 0
        if not 0 < block.number - self.in_order <= self._window or block.number in self._ahead:
            return False
        self._ahead[block.number] = block
        self._has_data = self._has_data or block.data != b""
        self._follow()
        return True

    def joined(self) -> bytes:
        """The APDU; empty when the peer had nothing to say but confirmations."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data

    def _follow(self) -> None:
        """Move what is in order now from those that wait."""
        while (block := self._ahead.pop(self.in_order + 1, None)) is not None:
            self.in_order = block.number
            self._first_data = self._first_data or block.data
            self._parts.append(block.data)
            self._size += len(block.data)
            if self._size > self._limit:
                raise RemoteProtocolError(Cause.TOO_LARGE, f"the peer's blocks exceed {self._limit} octets")
            if block.last and self._size:
                self.ended = True
                self._ahead.clear()
            elif block.number == MAX_NUMBER:
                raise RemoteProtocolError(Cause.TOO_LARGE, "the peer's block numbers are used up")
