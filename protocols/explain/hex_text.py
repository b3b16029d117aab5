"""Hexadecimal digits as people paste them."""

import re

from protocols.errors import Cause, LocalProtocolError

_BETWEEN = re.compile(r"0[xX]|\\[xX]|[\s,;:.\-_'\"\[\](){}|]+")


def read_hex(text: str) -> bytes:
    """The octets in a text of hexadecimal digits with blanks, colons, commas, 0x and line ends between.

    LocalProtocolError (INVALID_VALUE) naming the first character that is no digit, or an odd number of digits.
    """
    digits = _BETWEEN.sub("", text)
    wrong = re.search(r"[^0-9a-fA-F]", digits)
    if wrong:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"{wrong[0]!r} is not a hexadecimal digit")
    if len(digits) % 2:
        raise LocalProtocolError(Cause.INVALID_VALUE, f"{len(digits)} digits: an octet has two, so one is missing")
    return bytes.fromhex(digits)
