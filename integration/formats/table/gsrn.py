"""Identifications of metering points as files bring them."""

from __future__ import annotations

import re

LONGEST = 64
_GSRN = re.compile(r"[0-9]{18}")
_ROUNDED = re.compile(r"[0-9]([.,][0-9]+)?[eE]\+?[0-9]{2}")


def point_fault(text: str) -> str:
    """Why `text` cannot identify a metering point; empty when it can.

    Eighteen digits are a GSRN (EAN) and must have its check digit: weights 3 and 1 from the right, modulo 10 (GS1
    General Specifications, 7.9). Anything else is somebody's own number and taken as it is.
    """
    if not text:
        return "the metering point is missing"
    if len(text) > LONGEST:
        return f"longer than {LONGEST} characters"
    if _ROUNDED.fullmatch(text):
        return "a spreadsheet has rounded this identification: format the column as text and fill it again"
    if _GSRN.fullmatch(text) and int(text[-1]) != check_digit(text[:-1]):
        return f"the check digit should be {check_digit(text[:-1])}"
    return ""


def check_digit(payload: str) -> int:
    """The check digit of a number without it."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(payload)))
    return -total % 10
