"""Decimal numbers in text: what Python's exact arithmetic says, a million at a time."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.formats.decimals import LIMIT, State, read_decimals, to_decimals, write_decimals
from integration.formats.portion import NO_VALUE

NUMBERS = st.decimals(min_value=-(10**6), max_value=10**6, places=6) | st.integers(-(10**14), 10**14).map(Decimal)
INTEGERS = st.integers(-LIMIT + 1, LIMIT - 1)


@given(st.lists(NUMBERS, min_size=1, max_size=60))
def test_every_number_is_read_exactly(numbers: list[Decimal]) -> None:
    read = read_decimals(",".join(f"{number:f}" for number in numbers).encode())
    assert not read.states.any()
    pairs = zip(read.integers.tolist(), read.decimals.tolist(), strict=True)
    assert [Decimal(integer).scaleb(-decimals) for integer, decimals in pairs] == numbers


@pytest.mark.parametrize(
    ("text", "integer", "decimals"),
    [
        ("0", 0, 0),
        ("1.250", 1250, 3),
        ("-3.1", -31, 1),
        ("+7", 7, 0),
        (".5", 5, 1),
        ("12.", 12, 0),
        (" 4.2 ", 42, 1),
        ("\t9", 9, 0),
        ("000000000000000000000000000021.2", 212, 1),
        ("1.000000000000000000000", 1, 0),
        ("999999999999999", 999_999_999_999_999, 0),
        ("0.123456789", 123_456_789, 9),
    ],
)
def test_ways_to_write_a_number(text: str, integer: int, decimals: int) -> None:
    read = read_decimals(text.encode())
    assert (read.integers.tolist(), read.decimals.tolist(), read.states.tolist()) == ([integer], [decimals], [0])


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", State.EMPTY),
        ("  ", State.EMPTY),
        ("-", State.NOT_A_NUMBER),
        (".", State.NOT_A_NUMBER),
        ("1.2.3", State.NOT_A_NUMBER),
        ("1e5", State.NOT_A_NUMBER),
        ("nan", State.NOT_A_NUMBER),
        ("inf", State.NOT_A_NUMBER),
        ("0x10", State.NOT_A_NUMBER),
        ("1_000", State.NOT_A_NUMBER),
        ("--1", State.NOT_A_NUMBER),
        ("1-", State.NOT_A_NUMBER),
        ("1 2", State.NOT_A_NUMBER),
        ("٣", State.NOT_A_NUMBER),
        ("1000000000000000", State.TOO_MANY_DIGITS),
        ("12345678901234567890", State.TOO_MANY_DIGITS),
        ("0.1234567891", State.TOO_MANY_DIGITS),
        ("9" * 400, State.TOO_MANY_DIGITS),
    ],
)
def test_what_is_no_number_is_named_and_its_neighbours_are_read(text: str, state: State) -> None:
    read = read_decimals(f"1.5,{text},2.5".encode())
    assert read.states.tolist() == [State.GOOD, state, State.GOOD]
    assert read.integers.tolist() == [15, 0, 25]


@given(st.binary(max_size=300))
def test_any_octets_give_a_field_for_every_separator(octets: bytes) -> None:
    assert len(read_decimals(octets)) == octets.count(b",") + 1


def test_numbers_are_brought_to_the_same_decimals() -> None:
    read = read_decimals(b"1;2.5;0.125;x", b";")
    integers, states = to_decimals(read, np.full(4, 3))
    assert integers.tolist() == [1000, 2500, 125, NO_VALUE]
    assert states.tolist() == [0, 0, 0, State.NOT_A_NUMBER]


def test_what_does_not_fit_beside_the_decimals_is_refused() -> None:
    read = read_decimals(b"4503599,4503600,0.000000001")
    integers, states = to_decimals(read, np.full(3, 9))
    assert integers.tolist() == [4_503_599_000_000_000, NO_VALUE, 1]
    assert states.tolist() == [State.GOOD, State.TOO_LARGE, State.GOOD]


@given(st.integers(1, 5), st.integers(0, 9), st.data())
def test_what_is_written_is_read_again(rows: int, decimals: int, data: st.DataObject) -> None:
    columns = data.draw(st.integers(1, 8))
    flat = data.draw(st.lists(INTEGERS, min_size=rows * columns, max_size=rows * columns))
    values = np.array(flat, dtype=np.int64).reshape(rows, columns)
    texts = write_decimals(values, decimals)
    expected = [
        ",".join(f"{Decimal(value).scaleb(-decimals):.{decimals}f}" for value in row) for row in values.tolist()
    ]
    assert [text.decode() for text in texts] == expected


def test_no_value_is_written_as_zero() -> None:
    assert write_decimals(np.array([[NO_VALUE, 5]]), 2) == [b"0.00,0.05"]
