"""Which of the two a file is, and its devices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from integration.formats.factory.csv_file import plain, read_csv
from integration.formats.factory.record import FactoryLine
from integration.formats.factory.xml_file import ROOT, read_xml

_MARK = b"\xef\xbb\xbf"
_ROOT = re.compile(rb"<(\w+:)?" + ROOT.encode() + rb"\b")
_SEPARATORS = re.compile(r"[;,\t|]")


def is_xml(head: bytes) -> bool:
    """Whether a file with these first octets is XML."""
    return head.removeprefix(_MARK).lstrip().startswith(b"<")


def is_factory_file(head: bytes, name: str) -> bool:
    """Whether a file with these first octets is a factory file: by its root element, or by its headings."""
    if is_xml(head):
        return _ROOT.search(head) is not None
    first = head.removeprefix(_MARK).split(b"\n", 1)[0].decode("utf-8", "replace")
    headings = [plain(heading.strip('"\r ')) for heading in _SEPARATORS.split(first)]
    return "serial_number" in headings and any(heading.startswith("key:") for heading in headings)


def read_factory_file(stream: BinaryIO) -> Iterator[FactoryLine]:
    """The devices of a factory file in order, with what is wrong with each. `stream` must be seekable.

    ClearKeyError where the file holds what looks like a key in clear; nothing of it may be kept then.
    """
    head = stream.read(64)
    stream.seek(0)
    yield from read_xml(stream) if is_xml(head) else read_csv(stream)
