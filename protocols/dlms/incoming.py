"""A request longer than the server's PDU, taken block by block (Green Book 9.4.6.6)."""

from enum import Enum, auto
from typing import Generic, TypeVar

from protocols.dlms.services.action_blocks import ActionFirstBlock, ActionListFirstBlock
from protocols.dlms.services.writing import SetFirstBlock
from protocols.dlms.services.writing_lists import SetListFirstBlock

First = TypeVar("First", SetFirstBlock | SetListFirstBlock, ActionFirstBlock | ActionListFirstBlock)


class Fault(Enum):
    """Why a transfer breaks off."""

    NOT_NEXT = auto()
    TOO_LONG = auto()


class Incoming(Generic[First]):
    """Gathers the blocks of the request that `first` began, `limit` octets in all; an empty block counts as one."""

    __slots__ = ("_limit", "_number", "_parts", "_size", "first")

    def __init__(self, first: First, limit: int) -> None:
        self.first: First = first
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._number = 0

    def take(self, number: int, data: bytes) -> Fault | None:
        """Keep one block, or say why not."""
        if number != self._number + 1:
            return Fault.NOT_NEXT
        self._number = number
        self._size += max(len(data), 1)
        if self._size > self._limit:
            return Fault.TOO_LONG
        self._parts.append(data)
        return None

    def joined(self) -> bytes:
        """All blocks in one."""
        return b"".join(self._parts)
