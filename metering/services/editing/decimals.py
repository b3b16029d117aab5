"""Decimal numbers as people type and paste them, turned into the integers of a series: exactly, or refused in words.

A page has one decimal sign, a point or a comma. The other sign, a space or an apostrophe in a number could only group
thousands, and "1,234" read with the wrong rule is wrong by a factor of a thousand: grouping is refused, never guessed.
"""

import re
from decimal import Decimal
from enum import StrEnum

from metering.store import NO_VALUE, VALUE_LIMIT

LONGEST = 40
_GROUPING = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}'\N{RIGHT SINGLE QUOTATION MARK}_"


class NumberError(ValueError):
    """What was typed is no value of the series; the message says why."""


class DecimalSign(StrEnum):
    """What parts the whole from the fraction."""

    POINT = "."
    COMMA = ","

    @property
    def other(self) -> "DecimalSign":
        return DecimalSign.COMMA if self is DecimalSign.POINT else DecimalSign.POINT

    @property
    def word(self) -> str:
        return self.name.lower()


def parse_value(text: str, exponent: int, sign: DecimalSign = DecimalSign.POINT) -> int:
    """The integer v with v · 10^`exponent` = the number written; `NO_VALUE` for an empty text; else NumberError."""
    number = parse_number(text, sign)
    if number is None:
        return NO_VALUE
    scaled = number.scaleb(-exponent)
    if scaled != scaled.to_integral_value():
        raise NumberError(_too_fine(text.strip(), exponent, sign))
    if abs(scaled) >= VALUE_LIMIT:
        raise NumberError(f"{text.strip()} is too large to be stored.")
    return int(scaled)


def parse_number(text: str, sign: DecimalSign = DecimalSign.POINT) -> Decimal | None:
    """The exact decimal written with this sign; None for an empty text."""
    written = text.strip().replace("\N{MINUS SIGN}", "-")
    if not written:
        return None
    if len(written) > LONGEST:
        raise NumberError(f"A number has at most {LONGEST} characters.")
    if sign.other in written or any(character in _GROUPING for character in written):
        raise NumberError(f"{text.strip()} is refused: the decimal sign is a {sign.word}, and digits are not grouped.")
    if not re.fullmatch(rf"[+-]?([0-9]+{re.escape(sign)}?[0-9]*|{re.escape(sign)}[0-9]+)", written):
        raise NumberError(f"{text.strip()} is not a number such as {_with('12.5', sign)}.")
    return Decimal(written.replace(sign, "."))


def write_value(value: int, exponent: int, sign: DecimalSign = DecimalSign.POINT) -> str:
    """`value` · 10^`exponent` as it is typed: plain digits with this sign; empty for `NO_VALUE`."""
    return "" if value == NO_VALUE else _with(f"{Decimal(value).scaleb(exponent):f}", sign)


def _with(text: str, sign: DecimalSign) -> str:
    return text.replace(".", sign)


def _too_fine(text: str, exponent: int, sign: DecimalSign) -> str:
    step = _with(f"{Decimal(1).scaleb(exponent):f}", sign)
    return f"{text} has more digits than the series keeps: its values are multiples of {step}."
