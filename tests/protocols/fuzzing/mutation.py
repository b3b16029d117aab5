"""Seeded damage to good octets: what both engines start from, and all the bounded run has."""

import random
from collections.abc import Sequence

_TELLING = (0x00, 0x01, 0x02, 0x09, 0x13, 0x7E, 0x7F, 0x80, 0x81, 0x82, 0x84, 0x88, 0xFF)
"""Octets that mean something: tags, lengths, flags, ends of ranges."""


def damaged(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """One of the seeds with a few octets changed, lost, doubled, exchanged for those of another, or cut."""
    out = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(8):
            case 0:
                out[at : at + 1] = bytes((chance.randrange(256),))
            case 1:
                out[at : at + 1] = bytes((chance.choice(_TELLING),))
            case 2:
                del out[at : at + chance.randint(1, 4)]
            case 3:
                out[at:at] = chance.randbytes(chance.randint(1, 4))
            case 4:
                out[at:at] = out[at : at + chance.randint(1, 20)]
            case 5:
                other = chance.choice(seeds)
                start = chance.randrange(len(other) + 1)
                out[at : at + chance.randint(0, 8)] = other[start : start + chance.randint(1, 16)]
            case 6 if at < len(out):
                out[at] ^= 1 << chance.randrange(8)
            case _:
                del out[chance.randrange(len(out) + 1) :]
    return bytes(out)


def packed(parts: Sequence[bytes]) -> bytes:
    """Several messages as one input: two octets of length before each."""
    return b"".join([len(part).to_bytes(2, "big") + part for part in parts])


def unpacked(octets: bytes, most: int = 32) -> list[bytes]:
    """The messages in an input; a length beyond the end takes what there is, so that every input means something."""
    parts: list[bytes] = []
    while octets and len(parts) < most:
        end = 2 + int.from_bytes(octets[:2], "big")
        parts.append(octets[2:end])
        octets = octets[end:]
    return parts
