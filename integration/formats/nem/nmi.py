"""The National Metering Identifier: ten characters, and an eleventh that checks them (NMI Procedure, NMI checksum)."""

from __future__ import annotations

LENGTH = 10
_ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")


def checksum(nmi: str) -> int:
    """The check digit of the first ten characters.

    Every second octet from the right, the last included, is doubled; the decimal digits of all are added up and the
    difference to the next ten is the answer.
    """
    octets = nmi[:LENGTH].encode("ascii")
    doubled = (octet * 2 if (len(octets) - place) % 2 else octet for place, octet in enumerate(octets))
    return -sum(int(digit) for octet in doubled for digit in str(octet)) % 10


def why_no_nmi(text: str) -> str:
    """What keeps this from being an NMI, in words; empty if it is one, with or without its check digit."""
    if len(text) not in (LENGTH, LENGTH + 1):
        return f"an NMI has {LENGTH} characters, or {LENGTH + 1} with its check digit"
    if not _ALPHABET.issuperset(text[:LENGTH]):
        return "an NMI consists of digits and capital letters other than I and O"
    if len(text) > LENGTH and text[LENGTH] != str(checksum(text)):
        return f"the check digit of this NMI is {checksum(text)}"
    return ""
