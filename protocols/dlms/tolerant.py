"""Decoding for firmware that writes `06 09` for `09 06`: type and length of a logical name swapped.

Seen of Landis+Gyr ZMF100 in the lists of objects they push and capture. The octets `06 09 01 00 1f 07 ...` also begin a
double-long-unsigned, so this is never the first reading: only data that make no sense as they are get mended, and only
for models whose description says so.
"""

import re
from typing import NamedTuple

from protocols.dlms.data import decode
from protocols.dlms.elements import Value
from protocols.errors import RemoteProtocolError

_SWAPPED = re.compile(rb"\x06\x09(.{5}\xff)", re.DOTALL)
"""Logical names end with 255 but for billing periods, which no object list of this kind has shown."""


class Tolerated(NamedTuple):
    """A decoded value, and how many logical names had to be mended for it."""

    value: Value
    mended: int


def decode_tolerantly(data: bytes) -> Tolerated:
    """As `data.decode`, with swapped heads of logical names put right. RemoteProtocolError when that does not help."""
    try:
        return Tolerated(decode(data), 0)
    except RemoteProtocolError:
        mended, count = mend(data)
        if not count:
            raise
    return Tolerated(decode(mended), count)


def mend(data: bytes) -> tuple[bytes, int]:
    """The octets with swapped heads of logical names put right, and how many there were."""
    return _SWAPPED.subn(b"\x09\x06\\1", data)
