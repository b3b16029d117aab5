"""What a server keeps of a request that comes in blocks: the number of the last one and the size so far."""

from protocols.dlms.events import Event
from protocols.dlms.services.writing import LastSetBlock, SetBlock, SetFirstBlock
from protocols.errors import Cause, RemoteProtocolError


class Written:
    """Counts the blocks of one written value."""

    __slots__ = ("_block", "_size")

    def __init__(self) -> None:
        self._block = 0
        self._size = 0

    def check(self, event: Event, limit: int) -> None:
        """RemoteProtocolError (BLOCK_LOST, TOO_LARGE) unless the block is the next one and `limit` octets suffice."""
        if isinstance(event, SetFirstBlock):
            self._block = self._size = 0
            self._count(1, event.data, limit)
        elif isinstance(event, (SetBlock, LastSetBlock)):
            self._count(event.number, event.data, limit)

    def _count(self, number: int, data: bytes, limit: int) -> None:
        self._size += len(data)
        if number != self._block + 1:
            raise RemoteProtocolError(Cause.BLOCK_LOST, f"block {number} came where {self._block + 1} was due")
        if self._size > limit:
            raise RemoteProtocolError(Cause.TOO_LARGE, f"the written value exceeds {limit} octets")
        self._block = number
