"""Reading NEM12."""

from __future__ import annotations

from integration.formats.nem.findings import Findings
from integration.formats.nem.reading import NemReader, Records
from integration.formats.nem12.records import Nem12Records


class Nem12Reader(NemReader):
    """Interval data, in portions of whole market days; see `NemReader` for going on in the middle of a file."""

    VERSION = "NEM12"
    RECORD = b"200"

    def _records(self, findings: Findings) -> Records:
        return Nem12Records(findings)
