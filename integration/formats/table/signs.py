"""Which sign a file uses for decimals, told from its numbers where that is possible."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SIGNS = re.compile("[.,]")
_LIKE_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,' ][0-9]+)*")


def decimal_sign(texts: Iterable[str]) -> tuple[str, bool]:
    """(sign, whether it is sure). `1.234` alone may be either; then its sign is assumed to be the decimal one.

    Where a number has both signs the last is decimal; a sign that comes twice in a number separates thousands.
    """
    numbers = [text for text in texts if _NUMBER.fullmatch(text)]
    votes = {vote for vote in map(_vote, numbers) if vote}
    if len(votes) == 1:
        return str(votes.pop()), True
    signs = {sign for text in numbers for sign in _SIGNS.findall(text)}
    if votes or len(signs) > 1:
        return ".", False
    return (str(signs.pop()), False) if signs else (".", True)


def thousands_sign(texts: Iterable[str], decimal: str) -> str:
    """What separates thousands in these numbers; empty where nothing does."""
    pattern = re.compile(r"[+-]?[0-9]{1,3}(?P<sign>[.,' ])[0-9]{3}(?:(?P=sign)[0-9]{3})*(?:[.,][0-9]+)?")
    found = {match["sign"] for text in texts if (match := pattern.fullmatch(text))} - {decimal}
    return found.pop() if len(found) == 1 else ""


def _vote(text: str) -> str:
    signs = _SIGNS.findall(text)
    if not signs or _LIKE_THOUSANDS.fullmatch(text):
        return ""
    if len(signs) == 1:
        return str(signs[0])
    other = {".": ",", ",": "."}
    return str(other[signs[0]]) if len(set(signs)) == 1 or signs[-1] != signs[0] else ""
