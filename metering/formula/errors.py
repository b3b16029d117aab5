"""What is wrong with a formula, in words, and where."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_SHOWN = 40
_LIKENESS = 0.6


class FormulaError(ValueError):
    """A text is no formula.

    `reason` says what is wrong and, where there is something to do, what; `position` counts characters from 1.
    """

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"{reason} (position {position})")
        self.reason = reason
        self.position = position

    def __reduce__(self) -> tuple[type[FormulaError], tuple[str, int]]:
        return type(self), (self.reason, self.position)


def quoted(text: str) -> str:
    """A piece of a formula as messages show it; long ones are cut."""
    return f"`{text}`" if len(text) <= _SHOWN else f"`{text[: _SHOWN - 1]}…`"


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of a message on an unknown name: what was probably meant, or nothing."""
    by_lower = {each.lower(): each for each in known}
    same = [name.lower()] if name.lower() in by_lower else []
    close = same or get_close_matches(name.lower(), by_lower, n=2, cutoff=_LIKENESS)
    return f"; did you mean {' or '.join(f'`{by_lower[each]}`' for each in close)}?" if close else ""
