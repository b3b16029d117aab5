"""A reply longer than the client's PDU, handed out block by block (Green Book 9.4.6.5)."""

from protocols.dlms.services.get import GetBlock, LastGetBlock
from protocols.dlms.tags import DataAccessResult

BLOCK_HEAD = 12
"""Octets of a get-response-with-datablock around its data."""


class LongReply:
    """Blocks of `data`, at most `size` octets each, numbered from 1."""

    __slots__ = ("_data", "_number", "_size")

    def __init__(self, data: bytes, size: int) -> None:
        self._data = data
        self._size = size
        self._number = 0

    def next_block(self, acknowledged: int, invoke: int) -> GetBlock | LastGetBlock:
        """The block after `acknowledged`, which must be the one sent last; otherwise the transfer breaks off."""
        if acknowledged != self._number:
            return LastGetBlock(acknowledged, DataAccessResult.DATA_BLOCK_NUMBER_INVALID, invoke)
        start = self._number * self._size
        self._number += 1
        part = self._data[start : start + self._size]
        block = GetBlock if start + self._size < len(self._data) else LastGetBlock
        return block(self._number, part, invoke)
