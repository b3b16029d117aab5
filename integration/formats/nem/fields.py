"""Fields of a record: comma separated, quoted where they must be, in whatever the file is encoded."""

from __future__ import annotations

import csv
import io

_NO_CONTROLS = dict.fromkeys((*range(32), 127), " ")


def text_of(octets: bytes) -> str:
    """Text of octets: UTF-8 (ASCII is), else Latin-1, which always succeeds; control characters become blanks."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        text = octets.decode("latin-1")
    return text.translate(_NO_CONTROLS)


def split(octets: bytes) -> list[str] | None:
    """Fields without blanks around them; None if quotation marks do not match."""
    text = text_of(octets.rstrip(b"\r"))
    if '"' not in text:
        return [field.strip() for field in text.split(",")]
    try:
        rows = list(csv.reader([text], strict=True))
    except csv.Error:
        return None
    return [field.strip() for field in rows[0]] if rows else [""]


def join(fields: list[str]) -> str:
    """One record, without what ends the line. Control characters become blanks, so that it stays one line."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([field.translate(_NO_CONTROLS) for field in fields])
    return line.getvalue()
