"""Swapped heads of logical names: mended where nothing else makes sense, counted, and nowhere else."""

import pytest

from protocols.dlms import encoding
from protocols.dlms.data import Encoded, decode
from protocols.dlms.obis import Obis
from protocols.dlms.tolerant import decode_tolerantly
from protocols.errors import RemoteProtocolError

NAMES = [Obis.parse(text) for text in ("0-0:1.0.0", "1-0:31.7.0", "1-0:51.7.0", "1-0:1.8.0")]


def captures() -> Encoded:
    return encoding.array(
        encoding.structure(
            encoding.long_unsigned(3),
            encoding.octet_string(bytes(name)),
            encoding.integer(2),
            encoding.long_unsigned(0),
        )
        for name in NAMES
    )


def swapped(octets: bytes, *names: Obis) -> bytes:
    for name in names:
        octets = octets.replace(b"\x09\x06" + bytes(name), b"\x06\x09" + bytes(name))
    return octets


def test_swapped_names_are_mended_and_counted() -> None:
    wrong = swapped(captures(), NAMES[1], NAMES[2])
    with pytest.raises(RemoteProtocolError):
        decode(wrong)
    assert decode_tolerantly(wrong) == (decode(captures()), 2)


def test_right_octets_stay_as_they_are() -> None:
    assert decode_tolerantly(captures()) == (decode(captures()), 0)
    number = encoding.structure(encoding.double_long_unsigned(0x09010000), encoding.octet_string(b"\x00\xff"))
    assert decode_tolerantly(number) == ((0x09010000, b"\x00\xff"), 0)


@pytest.mark.parametrize("octets", ["0202 0609", "0202 0609 01001f0700ff", "08"])
def test_what_stays_nonsense_is_refused(octets: str) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_tolerantly(bytes.fromhex(octets))
