"""NEM13: accumulation data of the Australian market, a record per register and period between two readings."""

from integration.formats.nem13.reader import Nem13Reader
from integration.formats.nem13.writer import suffix_of, unpaired, why_unwritable, write_nem13

__all__ = ["Nem13Reader", "suffix_of", "unpaired", "why_unwritable", "write_nem13"]
