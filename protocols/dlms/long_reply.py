"""A reply longer than the client's PDU, handed out block by block (Green Book 9.4.6.5)."""

from dataclasses import dataclass

from protocols.dlms.services.action_blocks import ActionNext
from protocols.dlms.services.get import GetNext

BLOCK_HEAD = 12
"""Octets of a response with one block around its data."""


@dataclass(frozen=True, slots=True)
class Part:
    """One block: numbered from 1, and whether it is the last."""

    number: int
    data: bytes
    last: bool


class LongReply:
    """Blocks of `data`, at most `size` octets each, for the request with this invoke id.

    `call` is the kind of request that asks for the next block.
    """

    __slots__ = ("_call", "_data", "_invoke", "_number", "_size")

    def __init__(self, call: type[GetNext | ActionNext], invoke: int, data: bytes, size: int) -> None:
        self._call = call
        self._invoke = invoke
        self._data = data
        self._size = size
        self._number = 0

    def is_asked_by(self, request: GetNext | ActionNext) -> bool:
        """Whether the request belongs to this transfer and not to another one that is long over."""
        return type(request) is self._call and request.invoke == self._invoke

    def next_part(self, acknowledged: int) -> Part | None:
        """The block after `acknowledged`, None unless that is the one sent last."""
        if acknowledged != self._number:
            return None
        start = self._number * self._size
        self._number += 1
        end = start + self._size
        return Part(self._number, self._data[start:end], end >= len(self._data))
