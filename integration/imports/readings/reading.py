"""Opening the file of an import with the reader of its format."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from integration.formats.portion import Reader
from integration.imports.registry import format_of
from integration.imports.texts import plain
from integration.models import FileImport
from integration.services.files import open_file
from integration.work.holding import WorkFailedError

MOST_HEADER = 40
"""Facts of a header that are kept."""


@contextmanager
def reading(row: FileImport, position: int = 0) -> Iterator[Reader]:
    """A reader of the file, from `position` on. FileGoneError; WorkFailedError for other formats."""
    form = format_of(row.format)
    if form.read is None:
        raise WorkFailedError(f"Files of the format {form.label} bring no readings.")
    with open_file(row.file) as stream:
        yield form.read(stream, row.layout, position)


def header_of(reader: Reader) -> dict[str, str]:
    """What the file says of itself, as it can be kept."""
    facts = list(reader.header.items())[:MOST_HEADER]
    return {plain(str(name), 60): plain(str(text), 200) for name, text in facts}
