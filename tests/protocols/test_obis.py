"""OBIS codes in text and octets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms.obis import Obis
from protocols.errors import LocalProtocolError


@pytest.mark.parametrize(
    ("text", "octets", "shown"),
    [
        ("1-0:1.8.0", (1, 0, 1, 8, 0, 255), "1-0:1.8.0"),
        ("1.0.1.8.0.255", (1, 0, 1, 8, 0, 255), "1-0:1.8.0"),
        ("0-0:96.10.1*255", (0, 0, 96, 10, 1, 255), "0-0:96.10.1"),
        ("1-0:1.8.0*1", (1, 0, 1, 8, 0, 1), "1-0:1.8.0*1"),
        (" 0-4:24.2.1.255 ", (0, 4, 24, 2, 1, 255), "0-4:24.2.1"),
    ],
)
def test_parse_and_show(text: str, octets: tuple[int, ...], shown: str) -> None:
    obis = Obis.parse(text)
    assert (tuple(obis), str(obis), repr(obis)) == (octets, shown, f"Obis('{shown}')")


@given(st.binary(min_size=6, max_size=6))
def test_every_code_survives_its_text(octets: bytes) -> None:
    obis = Obis(octets)
    assert Obis.parse(str(obis)) == obis
    assert {obis: 1}[Obis(octets)] == 1


@pytest.mark.parametrize("text", ["", "1-0:1.8", "1-0:1.8.256", "a-0:1.8.0", "1-0:1.8.0*", "1-0:1.8.0.1.2"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(LocalProtocolError, match="OBIS"):
        Obis.parse(text)


def test_a_code_has_six_octets() -> None:
    with pytest.raises(LocalProtocolError, match="6 octets"):
        Obis(b"\x01\x00\x01\x08\x00")
