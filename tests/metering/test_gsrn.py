"""GSRN check digits."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from metering.gsrn import check_digit, complete, validate_gsrn


@pytest.mark.parametrize(("payload", "digit"), [("629104150021", 3), ("7351353", 7), ("37610425002123456", 9)])
def test_published_numbers_have_the_published_check_digit(payload: str, digit: int) -> None:
    """GS1's published examples of an EAN-13, an EAN-8 and an 18-digit number."""
    assert check_digit(payload) == digit


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(payload: str, place: int, step: int) -> None:
    number = complete(payload)
    validate_gsrn(number)
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    with pytest.raises(ValidationError, match="check digit"):
        validate_gsrn(wrong)


@pytest.mark.parametrize("text", ["", "123", "1234567890123456789", "12345678901234567X", "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨"])
def test_anything_but_eighteen_digits_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="18 digits"):
        validate_gsrn(text)
