"""Texts out of files as the database can keep them: nothing a file says may stop what it brings."""

from headend.storing.texts import storable

NAME = 100
"""Characters kept of names, numbers and headings."""


def plain(text: str, length: int) -> str:
    """`text` without what a database or a page cannot hold, cut to `length` characters; a cut is shown."""
    kept = "".join(sign if sign.isprintable() or sign == "�" else " " for sign in storable(text[: length + 1])).strip()
    return kept if len(kept) <= length else kept[: length - 1] + "…"
