"""What a server keeps between the blocks of a short-name transfer: a long answer, or the parts of a long request."""

from protocols.dlms.services.short_read import LastReadBlock, ReadBlock, ReadResponse
from protocols.dlms.tags import DataAccessResult

BLOCK_HEAD = 11
"""Octets of a read response around one block of data below 64 KiB."""
MAX_BLOCKS = 0xFFFF
"""Block numbers have 16 bits."""
_INVALID_NUMBER = ReadResponse((DataAccessResult.DATA_BLOCK_NUMBER_INVALID,))


class LongRead:
    """Blocks of `data`, at most `size` octets each, numbered from 1."""

    __slots__ = ("_data", "_number", "_size")

    def __init__(self, data: bytes, size: int) -> None:
        self._data = data
        self._size = size
        self._number = 0

    @property
    def is_possible(self) -> bool:
        """Whether block numbers suffice."""
        return self._size > 0 and len(self._data) <= self._size * MAX_BLOCKS

    def next_block(self, acknowledged: int) -> ReadBlock | LastReadBlock | ReadResponse:
        """The block after `acknowledged`, which must be the one sent last; otherwise the transfer breaks off."""
        if acknowledged != self._number:
            return _INVALID_NUMBER
        start = self._number * self._size
        self._number += 1
        kind = ReadBlock if start + self._size < len(self._data) else LastReadBlock
        return kind(self._number, self._data[start : start + self._size])


class LongRequest:
    """The parts of one long request of a client, in their order; another service or number 1 begins anew."""

    __slots__ = ("_number", "_parts", "_service", "_size")

    def __init__(self) -> None:
        self._service = self._number = self._size = 0
        self._parts: list[bytes] = []

    def take(self, service: int, number: int, part: bytes, limit: int) -> DataAccessResult:
        """SUCCESS, or why the transfer breaks off: not the next part, or more than `limit` octets in all."""
        if number == 1:
            self._begin(service)
        if service != self._service or number != self._number + 1:
            self._begin(0)
            return DataAccessResult.DATA_BLOCK_NUMBER_INVALID
        self._number = number
        self._size += max(len(part), 1)
        if self._size > limit:
            self._begin(0)
            return DataAccessResult.OTHER_REASON
        self._parts.append(part)
        return DataAccessResult.SUCCESS

    def joined(self) -> bytes:
        """All parts taken, which are forgotten."""
        data = b"".join(self._parts)
        self._begin(0)
        return data

    def _begin(self, service: int) -> None:
        self._service = service
        self._number = self._size = 0
        self._parts = []
