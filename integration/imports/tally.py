"""What became of the things a file brings, as counts that live in the row of the import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from metering.store import Counts


@dataclass(frozen=True, slots=True)
class Tally:
    """Values (or rows of master data) by what became of them."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
        )

    @property
    def total(self) -> int:
        return self.new + self.changed + self.unchanged + self.refused

    @property
    def good(self) -> int:
        """What is, or would be, as the file says."""
        return self.new + self.changed + self.unchanged

    def as_json(self) -> dict[str, int]:
        """For a column of `FileImport`."""
        return asdict(self)

    @classmethod
    def of_json(cls, columns: Mapping[str, Any]) -> Tally:
        """From a column of `FileImport`; all zero where nothing was counted."""
        return cls(**{name: int(columns.get(name, 0)) for name in ("new", "changed", "unchanged", "refused")})

    @classmethod
    def of_counts(cls, counts: Counts) -> Tally:
        """From the answer of the value store."""
        return cls(counts.new, counts.changed, counts.unchanged, counts.refused)
