"""Which heading means which field: proposed from its words, declared by a person, saved with the import."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integration.formats.table import Source
from integration.formats.table.headings import locate, remark, without_remark
from integration.formats.table.mapping import FileKind
from integration.imports.masterdata.fields import Field

MOST_HEADER_ROW = 100
_SIGNS = re.compile(r"[^\w]+|_+")
_KEYS = frozenset(
    {
        "ek", "ak", "kek", "guek", "gak", "gmk", "gbek", "hls", "lls", "hls secret", "hls key", "lls password",
        "encryption key", "authentication key", "master key", "broadcast key", "unicast key", "dlms key", "dlms keys",
        "global unicast encryption key", "global authentication key", "global key", "block cipher key", "m bus key",
        "mbus key", "aes key", "secret", "password", "passphrase", "device key", "meter key", "key encryption key",
        "verschlüsselungsschlüssel", "authentifizierungsschlüssel", "authentisierungsschlüssel", "hauptschlüssel",
        "geräteschlüssel", "passwort", "kennwort", "salausavain", "todennusavain", "tunnistusavain", "pääavain",
        "laiteavain", "salasana", "krypteringsnyckel", "autentiseringsnyckel", "huvudnyckel", "lösenord",
    }
)  # fmt: skip


class LayoutError(ValueError):
    """A layout that cannot be followed; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file of master data is read.

    columns     field name → heading
    make_areas  transformer areas that are not there are made; otherwise lines that name one are refused
    """

    source: Source = field(default_factory=Source)
    columns: Mapping[str, str] = field(default_factory=dict)
    make_areas: bool = False

    def as_json(self, content: str) -> dict[str, Any]:
        """For a column of `FileImport` or `ColumnMapping`."""
        source = {name: getattr(self.source, name) for name in ("encoding", "delimiter", "header_row", "sheet")}
        kind = self.source.kind.value
        return {
            "layout": content,
            "source": source | {"kind": kind},
            "columns": dict(self.columns),
            "make_areas": self.make_areas,
        }


def layout_of(saved: Mapping[str, Any], content: str, kind: FileKind) -> Layout:
    """The layout of `Layout.as_json`, for a file of this kind; LayoutError when it is one of something else."""
    columns, source = saved.get("columns"), saved.get("source")
    if saved.get("layout") != content or not isinstance(columns, dict) or not isinstance(source, dict):
        raise LayoutError(f"These columns were declared for something else than {content}.")
    row = source.get("header_row", 1)
    if not isinstance(row, int) or not 1 <= row <= MOST_HEADER_ROW:
        raise LayoutError(f"The row of the headings is a number from 1 to {MOST_HEADER_ROW}.")
    known = {str(name): str(heading) for name, heading in columns.items() if heading}
    return Layout(_source(source, kind, row), known, bool(saved.get("make_areas")))


def _source(saved: Mapping[str, Any], kind: FileKind, header_row: int) -> Source:
    default = Source()
    sheet = "" if kind is FileKind.CSV else str(saved.get("sheet", ""))
    encoding, delimiter = (str(saved.get(name) or getattr(default, name)) for name in ("encoding", "delimiter"))
    return Source(kind, encoding, delimiter, header_row=header_row, sheet=sheet)


def kind_of_file(head: bytes, name: str) -> FileKind:
    """What a file with these first octets and this name is."""
    if not head.startswith(b"PK\x03\x04"):
        return FileKind.CSV
    return FileKind.ODS if name.lower().endswith(".ods") else FileKind.XLSX


def propose(headings: Sequence[str], fields: Iterable[Field]) -> dict[str, str]:
    """Heading by field, as far as their words tell; a heading means one field, a field has one heading."""
    free = {plain(heading): heading for heading in reversed(headings) if heading}
    found = {}
    for each in fields:
        names = map(plain, (each.label, each.name, *each.words))
        if (name := next((name for name in names if name in free), None)) is not None:
            found[each.name] = free.pop(name)
    return found


def plain(heading: str) -> str:
    """`Zählpunkt-Bezeichnung (GSRN)` → `zählpunkt bezeichnung`."""
    return _SIGNS.sub(" ", without_remark(heading).casefold()).strip()


def holds_keys(heading: str) -> bool:
    """Whether a column of this heading holds keys or passwords of devices."""
    return plain(heading) in _KEYS or plain(remark(heading)) in _KEYS


def places(layout: Layout, headings: Sequence[str]) -> dict[str, str]:
    """The declared headings as this file writes them: field → heading. LayoutError when one is missing or not alone."""
    found = {}
    for name, wanted in layout.columns.items():
        places = locate(headings, wanted)
        if len(places) != 1:
            how = "no column" if not places else "more than one column"
            raise LayoutError(f"There is {how} {wanted!r} in this file. Say again what its columns are.")
        found[name] = headings[places[0]]
    return found
