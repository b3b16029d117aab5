"""The first gate: which characters and words may stand in a formula at all, before anything is parsed.

Python's own parser reads what passes here, and knows far more than formulas may say. So attributes, subscripts,
assignments, comments, escapes, hexadecimal and complex numbers, and letters that merely look like ours, end here with
a word of advice; what remains for the second gate, the allow-list of `reading`, is little.
"""

from __future__ import annotations

import re
import unicodedata

from metering.formula.errors import FormulaError, quoted
from metering.formula.limits import MAX_CHARACTERS

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<quote>"[ !#-\[\]-~]*"|'[ -&(-\[\]-~]*')
    |(?P<word>[A-Za-z_][A-Za-z_0-9]*)
    |(?P<number>\.?[0-9](?:[eE][+-]|[A-Za-z_0-9.])*)
    |(?P<sign>\*\*|<=|>=|==|!=|[-+*/%<>(),])""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_QUOTES = "a text is of plain characters and ends as it begins"
_ADVICE = {
    "=": "write `==` to compare",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or `!=` for unequal",
    "^": "write `**` for a power",
    "~": "write `not`",
    "[": "write parentheses",
    "{": "write parentheses",
    ".": "nothing can be asked of a value by a dot",
    '"': _QUOTES,
    "'": _QUOTES,
    "\u00d7": "write `*`",
    "\u00b7": "write `*`",
    "\u00f7": "write `/`",
    "\u2212": "write `-`",
    "\u2013": "write `-`",
    "\u2264": "write `<=`",
    "\u2265": "write `>=`",
    "\u2260": "write `!=`",
    "\u00b2": "write `**2`",
    "\u201c": 'write `"`',
    "\u201d": 'write `"`',
}


def scan(text: str) -> None:
    """Let pass what may be a formula. FormulaError for an empty or too long text and for anything unknown in it."""
    if len(text) > MAX_CHARACTERS:
        raise FormulaError(f"A formula may have {MAX_CHARACTERS:,} characters; this has {len(text):,}", MAX_CHARACTERS)
    if not text.strip(" \t\r\n"):
        raise FormulaError("The formula is empty", 1)
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise FormulaError(_unknown(text[at]), at + 1)
        if token.lastgroup == "number" and not _NUMBER.fullmatch(token.group()):
            raise FormulaError(f"{quoted(token.group())} is not a number as formulas write it, such as 12.5", at + 1)
        at = token.end()


def _unknown(character: str) -> str:
    advice = _ADVICE.get(character)
    shown = f"`{character}`" if character.isascii() and character.isprintable() else _described(character)
    return f"{shown} has no place in a formula" + (f": {advice}" if advice else "")


def _described(character: str) -> str:
    """A character that cannot be told from others by looking at it."""
    name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
    return f"`{character}` ({name})" if character.isprintable() else f"A character ({name})"
