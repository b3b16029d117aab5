"""The formats readings come in. What each knows of itself is in `integration.formats`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, BinaryIO

from integration.formats.espi import EspiReader
from integration.formats.nem12 import Nem12Reader
from integration.formats.nem13 import Nem13Reader
from integration.formats.portion import Reader
from integration.formats.table import TableReader, from_json
from integration.imports.readings.remembered import remembered
from integration.imports.registry import Format, Sniff, register_format
from integration.models import ExternalId

TABLE_SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".ods")
_NEM = (".csv", ".txt")
_WORKBOOK = b"PK\x03\x04"
_MARK = b"\xef\xbb\xbf"
_FEED = re.compile(rb"<(\w+:)?(feed|entry)\b[^>]*(Atom|espi)", re.IGNORECASE)


def connect() -> None:
    """Register them, the most particular first: any text may be a table."""
    register_format(
        Format(
            "nem12", "NEM12", _NEM, _first_record(b"NEM12", b"200"), _nem12, scheme=ExternalId.Scheme.NMI,
            about="Interval values of the Australian market, with quality flags and methods.",
        ),
        Format(
            "nem13", "NEM13", _NEM, _first_record(b"NEM13", b"250"), _nem13, scheme=ExternalId.Scheme.NMI,
            about="Register values of the Australian market.",
        ),
        Format(
            "espi", "Green Button", (".xml",), is_espi, _espi, scheme=ExternalId.Scheme.USAGE_POINT,
            about="Usage of consumers as an ESPI feed (XML).",
        ),
        Format(
            "table", "CSV or Excel", TABLE_SUFFIXES, is_table, _table, has_columns=True, propose=remembered,
            about="Any table with a column of times: a row per value, or a column per series or time of day.",
        ),
    )  # fmt: skip


def _first_record(version: bytes, data: bytes) -> Sniff:
    """Whether a file begins with the header of this version, or with its data record where the header is missing."""

    def sniff(head: bytes, name: str) -> bool:
        fields = head.removeprefix(_MARK).split(b"\n", 1)[0].strip().replace(b'"', b"").split(b",")
        return fields[:2] == [b"100", version] or (fields[0] == data and len(fields) > 8)

    return sniff


def is_espi(head: bytes, name: str) -> bool:
    """An XML document whose root is an Atom feed, in whatever encoding that spells ASCII as ASCII."""
    return head.removeprefix(_MARK).lstrip().startswith(b"<") and _FEED.search(head) is not None


def is_table(head: bytes, name: str) -> bool:
    """A workbook by its name and first octets, or a text by its name."""
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if head.startswith(_WORKBOOK):
        return suffix in (".xlsx", ".ods")
    return suffix in TABLE_SUFFIXES and not head.lstrip().startswith(b"<")


def _nem12(stream: BinaryIO, layout: Mapping[str, Any], position: int) -> Reader:
    return Nem12Reader(stream, position=position)


def _nem13(stream: BinaryIO, layout: Mapping[str, Any], position: int) -> Reader:
    return Nem13Reader(stream, position=position)


def _espi(stream: BinaryIO, layout: Mapping[str, Any], position: int) -> Reader:
    return EspiReader(stream, position=position)


def _table(stream: BinaryIO, layout: Mapping[str, Any], position: int) -> Reader:
    return TableReader(stream, from_json(layout), position=position)
