"""Cutting what does not fit one PDU: lists into requests, values into blocks."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from protocols.dlms.apdu import Request
from protocols.dlms.connection import ClientConnection
from protocols.dlms.events import Event
from protocols.dlms.exchange.request import Exchange, request
from protocols.errors import Cause, LocalProtocolError

T = TypeVar("T")
_FIRST_LENGTH = 2
"""Octets by which the length of a block may grow beyond the one octet of an empty block."""
_BLOCK_HEAD = 11
Block = Callable[[int, bytes, int], Event]


def parts(items: Sequence[T], sizes: Sequence[int], room: int) -> Iterator[tuple[T, ...]]:
    """Runs of `items` whose `sizes` in octets fit `room` together; one too large alone is a run of its own."""
    part: list[T] = []
    used = 0
    for item, size in zip(items, sizes, strict=True):
        if part and used + size > room:
            yield tuple(part)
            part, used = [], 0
        part.append(item)
        used += size
    if part:
        yield tuple(part)


def cut_blocks(connection: ClientConnection, data: bytes, empty_first: bytes) -> list[bytes]:
    """`data` in blocks that fit the peer's PDU; `empty_first` is the first request with no data in it.

    LocalProtocolError (TOO_LARGE) when that leaves no room.
    """
    first = connection.room - len(empty_first) - _FIRST_LENGTH
    size = connection.room - _BLOCK_HEAD
    if first <= 0 or size <= 0:
        raise LocalProtocolError(Cause.TOO_LARGE, f"the peer accepts {connection.room} octets, too few for a block")
    return [data[:first], *[data[start : start + size] for start in range(first, len(data), size)]]


def send_blocks(
    connection: ClientConnection, first: Request, blocks: Sequence[bytes], block: Block, last: Block, received: type
) -> Exchange[Event]:
    """Send `first`, which holds block 1, and the others one by one; the answer to the last, or what broke it off."""
    answer = yield from request(connection, first)
    for number, data in enumerate(blocks[1:], start=2):
        if not isinstance(answer, received):
            break
        kind = last if number == len(blocks) else block
        answer = yield from request(connection, kind(number, data, first.invoke))
    return answer
