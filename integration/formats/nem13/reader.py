"""Reading NEM13."""

from __future__ import annotations

from integration.formats.nem.findings import Findings
from integration.formats.nem.reading import NemReader, Records
from integration.formats.nem13.records import Nem13Records


class Nem13Reader(NemReader):
    """Stands of accumulation registers, and maximum demands, each at the instant it was read.

    Quantities are told as remarks: they hold the multiplier of the meter, which the readings do not.
    """

    VERSION = "NEM13"
    RECORD = b"250"

    def _records(self, findings: Findings) -> Records:
        return Nem13Records(findings)
