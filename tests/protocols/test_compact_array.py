"""Compact arrays: known octets, round trips against plain arrays, and descriptions that promise too much."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms import encoding
from protocols.dlms.compact_array import compact_array, decode_packed, tagged
from protocols.dlms.data import Encoded, Value, decode
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from tests.protocols.test_data import SIMPLE

Make = Callable[[], Encoded]


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        ("13 11 03 010203", [1, 2, 3]),
        ("13 12 00", []),
        ("13 0202 12 16 06 0001 05 0002 06", [(1, 5), (2, 6)]),
        ("13 09 05 02abcd 01ef", [b"\xab\xcd", b"\xef"]),
        ("13 04 02 03 a0", ["101"]),
        ("13 01 0002 10 04 ffff 0001", [[-1, 1]]),
        ("13 0202 0202 00 11 01 0002 0f 06 05 01ff 06 02fe", [((None, 5), [1, -1]), ((None, 6), [2, -2])]),
        ("13 01 0000 11 00", []),
        ("13 19 0c 07ea010f040e1e0500ff8800", [bytes.fromhex("07ea010f040e1e0500ff8800")]),
        ("13 1f 02 0102", [1, 2]),
        ("13 03 02 00ff", [False, True]),
    ],
)
def test_known_octets(octets: str, value: Value) -> None:
    assert decode(bytes.fromhex(octets)) == value


def test_it_ends_where_its_contents_end() -> None:
    assert decode(bytes.fromhex("0202 13 11 02 0102 1107")) == ([1, 2], 7)


def _like(encoded: Encoded) -> st.SearchStrategy[Encoded]:
    return st.lists(st.just(encoded), min_size=1, max_size=4).map(encoding.array)


ELEMENTS = st.recursive(
    SIMPLE.map(lambda pair: pair[0]),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=4).map(lambda elements: encoding.structure(*elements)),
        parts.flatmap(_like),
    ),
    max_leaves=8,
)


@given(ELEMENTS, st.integers(1, 5))
def test_packed_it_is_the_same_as_an_array(element: Encoded, count: int) -> None:
    """Elements of null-data alone have no octets, so neither their number nor arrays of them can be told."""
    packed = compact_array([element] * count)
    expected = decode(encoding.array([element] * count))
    try:
        assert decode(packed) == expected
    except RemoteProtocolError as error:
        assert "without contents" in str(error)
    except AssertionError:
        assert decode(packed) == []
        assert packed[-1] == 0


@given(ELEMENTS, st.data())
def test_every_cut_is_named(element: Encoded, data: st.DataObject) -> None:
    packed = compact_array([element])
    end = data.draw(st.integers(0, len(packed) - 1))
    with pytest.raises(RemoteProtocolError) as error:
        decode(packed[:end])
    assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize(
    ("octets", "cause"),
    [
        ("13", Cause.GARBAGE),
        ("13 01 ff", Cause.GARBAGE),
        ("13 02", Cause.GARBAGE),
        ("13 02 7f 11", Cause.GARBAGE),
        ("13 08 01 00", Cause.GARBAGE),
        ("13 13 11 01 00", Cause.GARBAGE),
        ("13 12 03 000102", Cause.GARBAGE),
        ("13 00 01 00", Cause.GARBAGE),
        ("13 0200 01 00", Cause.GARBAGE),
        ("13 01 ffff 01 ffff 00 01 00", Cause.GARBAGE),
        ("13" + "01 ffff" * 17 + "11 01 00", Cause.TOO_LARGE),
        ("13" + "01 ffff" * 14 + "11 01 00", Cause.TOO_LARGE),
        ("13 02 7f" + "00" * 126 + "11 81c8" + "00" * 200, Cause.TOO_LARGE),
    ],
    ids=[
        "no type",
        "no number",
        "no types",
        "types",
        "tag",
        "compact in compact",
        "cut element",
        "contents of nothing",
        "contents of an empty structure",
        "array of nothing",
        "depth",
        "65,535 to the 14th",
        "nulls",
    ],
)
def test_bombs_and_nonsense_are_refused_by_name(octets: str, cause: Cause) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode(bytes.fromhex(octets))
    assert error.value.cause is cause


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: compact_array([]), "no type"),
        (lambda: compact_array([encoding.unsigned(1), encoding.integer(1)]), "differ"),
        (lambda: compact_array([encoding.array([])]), "no type"),
        (lambda: compact_array([encoding.array([encoding.unsigned(0)] * 65_536)]), "65536"),
        (lambda: compact_array([compact_array([encoding.unsigned(1)])]), "not a data type"),
    ],
    ids=["nothing", "types", "empty array", "long array", "compact in compact"],
)
def test_what_cannot_be_packed_is_our_error(make: Make, problem: str) -> None:
    with pytest.raises(LocalProtocolError, match=problem) as error:
        make()
    assert error.value.cause is Cause.INVALID_VALUE


def test_a_template_describes_the_buffer_of_compact_data() -> None:
    """Class 62: template id, a clock, two registers and a state of a gas meter."""
    template = bytes.fromhex("0205 11 09 06 12 16")
    buffer = bytes.fromhex("2f 0c07ea010f040e1e0500ff8800 00000102 0003 04")
    assert decode_packed(template, buffer) == [(0x2F, bytes.fromhex("07ea010f040e1e0500ff8800"), 258, 3, 4)]
    with pytest.raises(RemoteProtocolError, match="left over"):
        decode_packed(template + b"\x00", buffer)


@pytest.mark.parametrize(
    ("types", "contents"),
    [
        ("0203 11 12 06", "01 0005 0000ffff 01 0006 00000001"),
        ("0202 09 01 0002 0202 11 0f", "02abcd 01ff 02fe"),
        ("0202 04 00", "03a0"),
        ("0201 19", "07ea010f040e1e0500ff8800"),
    ],
)
def test_parts_of_packed_structures_get_their_tags_back(types: str, contents: str) -> None:
    described, packed = bytes.fromhex(types), bytes.fromhex(contents)
    found = [tuple(decode(part) for part in parts) for parts in tagged(described, packed)]
    assert found == decode_packed(described, packed) and found


def test_packed_structures_that_are_cut_have_no_parts() -> None:
    with pytest.raises(RemoteProtocolError):
        tagged(bytes.fromhex("0202 11 12"), bytes.fromhex("01 00"))
