"""Numbers as people type them: exact, in one notation, never guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering.services.editing import DecimalSign, NumberError, parse_value, write_value
from metering.store import NO_VALUE, VALUE_LIMIT

POINT, COMMA = DecimalSign.POINT, DecimalSign.COMMA


@given(
    st.integers(-VALUE_LIMIT + 1, VALUE_LIMIT - 1), st.integers(-12, 6), st.sampled_from(list(DecimalSign))
)  # fmt: skip
def test_what_is_written_is_read_back(value: int, exponent: int, sign: DecimalSign) -> None:
    text = write_value(value, exponent, sign)
    assert parse_value(text, exponent, sign) == value
    assert Decimal(text.replace(sign, ".")) == Decimal(value).scaleb(exponent)


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("1.234", POINT, 1234), ("1,234", COMMA, 1234), ("  12 ", POINT, 12000), ("-0.5", POINT, -500),
        ("\N{MINUS SIGN}0,5", COMMA, -500), (".5", POINT, 500), ("5.", POINT, 5000), ("+1.2300000", POINT, 1230),
        ("", POINT, NO_VALUE), ("   ", COMMA, NO_VALUE), ("000.001", POINT, 1),
    ],
)  # fmt: skip
def test_values_in_kilo_units(text: str, sign: DecimalSign, value: int) -> None:
    assert parse_value(text, -3, sign) == value


@pytest.mark.parametrize("text", ["1,234", "1 234", "1\N{NO-BREAK SPACE}234.5", "1'234", "1_000", "1,234.5"])
def test_digits_are_never_grouped(text: str) -> None:
    with pytest.raises(NumberError, match="the decimal sign is a point, and digits are not grouped"):
        parse_value(text, -3, POINT)


def test_the_comma_has_the_same_rule() -> None:
    with pytest.raises(NumberError, match="the decimal sign is a comma"):
        parse_value("1.234", -3, COMMA)


@pytest.mark.parametrize("text", ["1.2345", "0.0001"])
def test_what_the_series_cannot_keep_is_refused(text: str) -> None:
    with pytest.raises(NumberError, match=r"multiples of 0\.001"):
        parse_value(text, -3)


def test_coarse_series_take_whole_steps_only() -> None:
    assert parse_value("1200", 2) == 12
    with pytest.raises(NumberError, match="multiples of 100"):
        parse_value("1250", 2)


@pytest.mark.parametrize("text", ["12a", "--1", "1e3", "NaN", "inf", "0x1", ".", "-", "1..2", "٣"])
def test_what_is_no_number_is_said(text: str) -> None:
    with pytest.raises(NumberError, match="is not a number"):
        parse_value(text, -3)


@pytest.mark.parametrize(
    ("text", "words"), [("9" * 41, "at most 40"), (str(2**52), "too large"), ("9" * 30, "too large")]
)
def test_numbers_are_bounded(text: str, words: str) -> None:
    with pytest.raises(NumberError, match=words):
        parse_value(text, 0)
