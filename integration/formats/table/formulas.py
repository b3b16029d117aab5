"""Texts that a spreadsheet would run as a formula (OWASP, CSV injection): an apostrophe in front keeps it from that."""

from __future__ import annotations

_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def defused(text: str) -> str:
    """The text as a cell of a text file; `armed` gives it back."""
    return f"'{text}" if text.lstrip("'").startswith(_STARTS) else text


def armed(text: str) -> str:
    """The text without the apostrophe `defused` gave it."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_STARTS) else text
