"""NEM12: interval data of the Australian market, a record per channel and market day."""

from integration.formats.nem12.reader import Nem12Reader
from integration.formats.nem12.writer import suffix_of, why_unwritable, write_nem12

__all__ = ["Nem12Reader", "suffix_of", "why_unwritable", "write_nem12"]
