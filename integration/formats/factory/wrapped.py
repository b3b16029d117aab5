"""The text of a wrapped key: hexadecimal digits or Base64; what must be a clear key ends the reading at once."""

from __future__ import annotations

import base64
import binascii
import re

from integration.formats.factory.record import ClearKeyError, FactoryLine, WrappedKey
from integration.formats.portion import Problem

LONGEST = 2_048
"""Characters of a wrapped key: RSA of 8,192 bits in Base64 has 1,368."""
_CLEAR_SIZES = (16, 32)
_SMALLEST, _BLOCK = 16, 8
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_LIKE_A_KEY = re.compile(r"(?:0x)?(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{64})")
_CHECK = re.compile(r"[0-9A-F]{6,10}")


def refuse_like_a_key(text: str, line: int, column: str) -> None:
    """ClearKeyError for a text that has just the digits of a key, in a place where nobody expects one."""
    if _LIKE_A_KEY.fullmatch("".join(text.split())):
        raise ClearKeyError(line, column)


def add_key(found: FactoryLine, kind: str, column: str, text: str, transport: str, check: str) -> None:
    """Give the line its wrapped key, or the problem with it, which never shows the text. ClearKeyError."""
    text, check = "".join(text.split()), "".join(check.split()).upper()
    octets = _octets(text)
    if _must_be_clear(kind, octets):
        raise ClearKeyError(found.line, column)
    if octets is None or len(octets) < _SMALLEST or len(octets) % _BLOCK:
        reason = "no wrapped key: hexadecimal digits or Base64 of a multiple of 8 octets are needed"
        found.problems.append(Problem(found.line, reason, column=column))
    elif check and not _CHECK.fullmatch(check):
        found.problems.append(Problem(found.line, "check digits are 6 to 10 hexadecimal digits", column=column))
    elif not transport:
        reason = "no transport key is named that it is wrapped under"
        found.problems.append(Problem(found.line, reason, column=column))
    else:
        found.keys[kind] = WrappedKey(transport, octets, check)


def _octets(text: str) -> bytes | None:
    if len(text) > LONGEST:
        return None
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _must_be_clear(kind: str, octets: bytes | None) -> bool:
    """AES key wrap makes 24 octets of a key of 16 and 40 of one of 32, so these sizes are keys as they are.

    A password is wrapped by RFC 5649, to 16 octets or more; anything else in its place is the password itself.
    """
    if kind == "password":
        return octets is None or len(octets) < _SMALLEST or len(octets) % _BLOCK != 0
    return octets is not None and len(octets) in _CLEAR_SIZES
