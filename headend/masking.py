"""Passwords in octets that are kept: never there, and not to be guessed from a checksum either.

A password goes over the line in clear in two places: the authentication value of an AARQ with low level security, and
the commands P1 and P2 of IEC 62056-21. The command is found by its form, the password of an association by what it is,
also where the frames of HDLC cut it. What is masked keeps its length, and block checks are made to fit it: two octets
of a checksum over eight unknown digits would tell which few of all there are.
"""

import re
from collections.abc import Iterable, Iterator

from protocols.hdlc.checksum import checksum
from protocols.hdlc.frame import FLAG, MAX_LENGTH
from protocols.iec62056_21.characters import block_check, strip_parity, with_parity

MASK = b"*"
_BETWEEN = rb"(.{4,32}?)"
"""What stands between two segments of an HDLC message: checksum, flags, format, addresses, control, checksum."""
_COMMAND = re.compile(rb"\x01P[0-9]\x02\(([^\x03]*)\)\x03(.)", re.DOTALL)
_CHECK = 2


def masked(octets: bytes, secrets: Iterable[bytes]) -> bytes:
    """`octets` of one direction with the passwords of commands and all `secrets` as asterisks; as long as before."""
    result = bytearray(octets)
    for start, end in _places(octets, secrets):
        result[start:end] = MASK * (end - start)
    _mask_commands(octets, result)
    _mend_frames(octets, result)
    return bytes(result)


def _places(octets: bytes, secrets: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """Where a secret stands, whole or in two parts."""
    for secret in {form for given in secrets if given for form in (given, with_parity(given))}:
        parts = [(secret[:cut], secret[cut:]) for cut in range(1, len(secret))]
        whole = re.escape(secret)
        halves = [b"(?:%s)%s(?:%s)" % (re.escape(first), _BETWEEN, re.escape(rest)) for first, rest in parts]
        for match in re.finditer(b"|".join([whole, *halves]), octets, re.DOTALL):
            yield from _kept_between(match)


def _kept_between(match: re.Match[bytes]) -> Iterator[tuple[int, int]]:
    """The parts of a secret in a match, without what stands between them."""
    if match.lastindex is None:
        yield match.span()
        return
    start, end = match.span(match.lastindex)
    yield match.start(), start
    yield end, match.end()


def _mask_commands(octets: bytes, result: bytearray) -> None:
    """The passwords of IEC 62056-21, with parity or without."""
    for match in _COMMAND.finditer(strip_parity(octets)):
        start, end = match.span(1)
        text = strip_parity(octets[match.start() + 1 : start]) + MASK * (end - start) + b")\x03"
        shown = b"\x01" + text + bytes((block_check(text),))
        odd = any(octet & 0x80 for octet in octets[slice(*match.span())])
        result[slice(*match.span())] = with_parity(shown) if odd else shown


def _mend_frames(octets: bytes, result: bytearray) -> None:
    """A checksum that fits what is now in the HDLC frames, wherever something in them was masked."""
    at = octets.find(FLAG)
    while at >= 0 and at + 2 < len(octets):
        length = (octets[at + 1] << 8 | octets[at + 2]) & MAX_LENGTH
        start, check = at + 1, at + 1 + length - _CHECK
        whole = length > _CHECK and octets[check : check + _CHECK] == checksum(octets[start:check])
        if whole and result[start:check] != octets[start:check]:
            result[check : check + _CHECK] = checksum(bytes(result[start:check]))
        at = octets.find(FLAG, check + _CHECK if whole else at + 1)
