"""GS1 identification numbers of metering points: GSRN, 18 digits, check digit modulo 10 with weights 3 and 1.

Source: GS1 General Specifications, section 7.9 (check digit calculation).
"""

from django.core.exceptions import ValidationError

GSRN_DIGITS = 18


def check_digit(payload: str) -> int:
    """Check digit of `payload` (the number without its last digit): weights 3, 1, 3 … from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(payload)))
    return -total % 10


def complete(payload: str) -> str:
    """`payload` with its check digit appended."""
    return f"{payload}{check_digit(payload)}"


def validate_gsrn(number: str) -> None:
    """Refuse anything but 18 ASCII digits with the right check digit, saying which digit was expected."""
    if len(number) != GSRN_DIGITS or not (number.isascii() and number.isdigit()):
        raise ValidationError(f"A GSRN has {GSRN_DIGITS} digits; {number!r} has not.")
    expected = check_digit(number[:-1])
    if int(number[-1]) != expected:
        raise ValidationError(f"The check digit of {number} should be {expected}.")
