"""The beginning of a file, before any XML library sees it: is it XML that may be read?

Declarations of document types and entities stand here or nowhere, so this is where bombs and external entities are
refused. That holds for encodings in which ASCII is ASCII; others could hide a declaration and are refused too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from integration.formats.espi.limits import PROLOG

ENCODINGS = frozenset(
    ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "latin1", "windows-1252", "cp1252")
)
_XML = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml\s(?P<declaration>[^<>?]{0,200})\?>)?(?:\s++|<!--.*?-->|<\?.*?\?>)*+""", re.DOTALL
)
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


@dataclass(frozen=True, slots=True)
class Prolog:
    """The octets before the first element and, if the file is refused, why and in which line."""

    octets: bytes
    refusal: str = ""

    @property
    def line(self) -> int:
        """The line of the first element, or of what is refused."""
        return 1 + self.octets.count(b"\n")


def read_prolog(head: bytes) -> Prolog:
    """What the first `PROLOG` octets of a file (or all, if it is shorter) say."""
    if head.startswith(_WIDE):
        return Prolog(b"", "the file is UTF-16: save it as UTF-8")
    found = _XML.match(head)
    octets = found.group() if found else b""
    declared = _ENCODING.search((found and found.group("declaration")) or b"")
    if declared and declared.group(1).decode("ascii", "replace").lower() not in ENCODINGS:
        return Prolog(b"", f"encoding {declared.group(1).decode('ascii', 'replace')} is not read: save it as UTF-8")
    return Prolog(octets, _refusal(head[len(octets) :], len(head)))


def _refusal(rest: bytes, read: int) -> str:
    """Why a file that goes on like this after its prolog is refused; empty if it is not."""
    if re.match(rb"<!(DOCTYPE|ENTITY)", rest, re.IGNORECASE):
        return "document type and entity declarations are refused"
    if re.match(rb"<[^\s!?/<>]", rest):
        return ""
    if read >= PROLOG and rest.startswith(b"<"):
        return f"no element in the first {PROLOG} octets"
    return "the file is empty" if not read else "not an XML file"
