"""A-XDR data: every type round trips, every cut and bomb is refused by name."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms import encoding
from protocols.dlms.data import DONT_CARE, MAX_DEPTH, Delta, Encoded, Stamp, Value, decode, decode_from
from protocols.dlms.tags import Tag
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError

Pair = tuple[Encoded, Value]
INTEGERS: list[tuple[Tag, Callable[[int], Encoded], int, int]] = [
    (Tag.INTEGER, encoding.integer, -(2**7), 2**7 - 1),
    (Tag.BCD, encoding.bcd, -(2**7), 2**7 - 1),
    (Tag.LONG, encoding.long, -(2**15), 2**15 - 1),
    (Tag.DOUBLE_LONG, encoding.double_long, -(2**31), 2**31 - 1),
    (Tag.LONG64, encoding.long64, -(2**63), 2**63 - 1),
    (Tag.UNSIGNED, encoding.unsigned, 0, 2**8 - 1),
    (Tag.ENUM, encoding.enum, 0, 2**8 - 1),
    (Tag.LONG_UNSIGNED, encoding.long_unsigned, 0, 2**16 - 1),
    (Tag.DOUBLE_LONG_UNSIGNED, encoding.double_long_unsigned, 0, 2**32 - 1),
    (Tag.LONG64_UNSIGNED, encoding.long64_unsigned, 0, 2**64 - 1),
]


DELTAS: list[tuple[Tag, Callable[[int], Encoded], int, int]] = [
    (Tag.DELTA_INTEGER, encoding.delta_integer, -(2**7), 2**7 - 1),
    (Tag.DELTA_LONG, encoding.delta_long, -(2**15), 2**15 - 1),
    (Tag.DELTA_DOUBLE_LONG, encoding.delta_double_long, -(2**31), 2**31 - 1),
    (Tag.DELTA_UNSIGNED, encoding.delta_unsigned, 0, 2**8 - 1),
    (Tag.DELTA_LONG_UNSIGNED, encoding.delta_long_unsigned, 0, 2**16 - 1),
    (Tag.DELTA_DOUBLE_LONG_UNSIGNED, encoding.delta_double_long_unsigned, 0, 2**32 - 1),
]


def _integers(encode: Callable[[int], Encoded], low: int, high: int) -> st.SearchStrategy[Pair]:
    return st.integers(low, high).map(lambda value: (encode(value), value))


def _deltas(encode: Callable[[int], Encoded], low: int, high: int) -> st.SearchStrategy[Pair]:
    return st.integers(low, high).map(lambda value: (encode(value), Delta(value)))


SIMPLE: st.SearchStrategy[Pair] = st.one_of(
    *(_integers(encode, low, high) for _, encode, low, high in INTEGERS),
    *(_deltas(encode, low, high) for _, encode, low, high in DELTAS),
    st.just((encoding.NULL, None)),
    st.just((encoding.dont_care(), DONT_CARE)),
    st.booleans().map(lambda value: (encoding.boolean(value), value)),
    st.binary(max_size=300).map(lambda value: (encoding.octet_string(value), value)),
    st.text(st.characters(max_codepoint=255), max_size=200).map(lambda value: (encoding.visible_string(value), value)),
    st.text(max_size=60).map(lambda value: (encoding.utf8_string(value), value)),
    st.text("01", max_size=70).map(lambda value: (encoding.bit_string(value), value)),
    st.floats(allow_nan=False, width=32).map(lambda value: (encoding.float32(value), value)),
    st.floats(allow_nan=False).map(lambda value: (encoding.float64(value), value)),
    st.binary(min_size=12, max_size=12).map(lambda value: (encoding.fixed(Tag.DATE_TIME, value), Stamp(value))),
    st.binary(min_size=5, max_size=5).map(lambda value: (encoding.fixed(Tag.DATE, value), value)),
    st.binary(min_size=4, max_size=4).map(lambda value: (encoding.fixed(Tag.TIME, value), value)),
)


def _compound(children: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    lists = st.lists(children, max_size=6)
    return st.one_of(
        lists.map(lambda pairs: (encoding.array(p[0] for p in pairs), [p[1] for p in pairs])),
        lists.map(lambda pairs: (encoding.structure(*(p[0] for p in pairs)), tuple(p[1] for p in pairs))),
    )


ANY = st.recursive(SIMPLE, _compound, max_leaves=20)


@given(ANY)
def test_every_type_round_trips(pair: Pair) -> None:
    octets, value = pair
    assert decode(octets) == value
    assert type(decode(octets)) is type(value) or isinstance(value, str)


@given(ANY, st.data())
def test_every_cut_is_named(pair: Pair, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(pair[0]) - 1))
    with pytest.raises(RemoteProtocolError) as error:
        decode(pair[0][:end])
    assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize(
    ("tag", "encode", "low", "high"), INTEGERS + DELTAS, ids=lambda value: getattr(value, "name", "")
)
def test_integers_keep_their_tag_and_their_limits(
    tag: Tag, encode: Callable[[int], Encoded], low: int, high: int
) -> None:
    assert encode(high)[0] == tag
    for outside in (low - 1, high + 1):
        with pytest.raises(LocalProtocolError):
            encode(outside)


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        ("00", None),
        ("0301", True),
        ("03ff", True),
        ("0f80", -128),
        ("12ffff", 65_535),
        ("0600000001", 1),
        ("090c07e8010103173b3700ff8800", bytes.fromhex("07e8010103173b3700ff8800")),
        ("0a034c475a", "LGZ"),
        ("0403a0", "101"),
        ("0203 0f01 1601 0100".replace(" ", ""), (1, 1, [])),
        ("178000000 0".replace(" ", ""), -0.0),
        ("09810100", b"\x00"),
    ],
)
def test_known_octets(octets: str, value: Value) -> None:
    assert decode(bytes.fromhex(octets)) == value


@pytest.mark.parametrize(
    ("octets", "cause"),
    [
        ("0184ffffffff", Cause.GARBAGE),
        ("0182ffff00", Cause.GARBAGE),
        ("0984ffffffff00", Cause.GARBAGE),
        ("0985000000000100", Cause.GARBAGE),
        ("0980", Cause.GARBAGE),
        ("0101" * 40 + "00", Cause.TOO_LARGE),
        ("0c01ff", Cause.GARBAGE),
        ("040901", Cause.GARBAGE),
        ("19" + "00" * 11, Cause.GARBAGE),
        ("08", Cause.GARBAGE),
        ("0000", Cause.GARBAGE),
        ("", Cause.GARBAGE),
    ],
    ids=[
        "count",
        "count 2",
        "length",
        "length of length",
        "indefinite",
        "depth",
        "utf8",
        "bits",
        "date-time",
        "tag",
        "rest",
        "-",
    ],
)
def test_bombs_and_nonsense_are_refused_by_name(octets: str, cause: Cause) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode(bytes.fromhex(octets))
    assert error.value.cause is cause


def test_nan_is_a_float() -> None:
    value = decode(encoding.float64(math.nan))
    assert isinstance(value, float)
    assert math.isnan(value)


@pytest.mark.parametrize(
    "encode",
    [
        lambda: encoding.visible_string("€"),
        lambda: encoding.bit_string("012"),
        lambda: encoding.float32(1e300),
        lambda: encoding.fixed(Tag.DATE, b"123"),
        lambda: encoding.fixed(Tag.NULL, 0),
    ],
    ids=["latin-1", "bits", "overflow", "size", "no fixed type"],
)
def test_values_that_do_not_fit_are_our_error(encode: Callable[[], Encoded]) -> None:
    with pytest.raises(LocalProtocolError) as error:
        encode()
    assert error.value.cause is Cause.INVALID_VALUE


@given(st.lists(st.tuples(st.binary(min_size=6, max_size=6), st.integers(0, 9)), min_size=1, max_size=12), SIMPLE)
def test_rows_of_one_pattern_and_what_follows_them(rows: list[tuple[bytes, int]], after: Pair) -> None:
    """Equal rows of the outermost array are decoded at once; what is no such row, and what follows, is not touched."""
    like = [encoding.structure(encoding.octet_string(name), encoding.unsigned(number)) for name, number in rows]
    several = encoding.array([*like, after[0], *like])
    assert decode(several) == [*rows, after[1], *rows]
    assert decode(encoding.structure(several, like[0])) == ([*rows, after[1], *rows], rows[0])
    assert decode_from(encoding.array(like) + like[0], 0) == (rows, len(encoding.array(like)))


def test_rows_are_counted_against_the_depth() -> None:
    row = encoding.structure(encoding.unsigned(1))
    inner = encoding.array([row] * 5)
    for depth in range(1, 20):
        octets = b"\x01\x01" * depth + inner
        if depth + 2 <= MAX_DEPTH:
            decode(octets)
        else:
            with pytest.raises(RemoteProtocolError) as error:
                decode(octets)
            assert error.value.cause is Cause.TOO_LARGE
