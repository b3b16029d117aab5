"""Reading types: the codes by which ESPI says what a value is."""

from __future__ import annotations

from dataclasses import dataclass

NAMED = ("accumulation", "commodity", "qualifier", "flow", "kind", "phase", "period", "tou", "tier", "cpp", "uom")


@dataclass(frozen=True, slots=True)
class ReadingType:
    """A reading type: codes of the ESPI enumerations, 0 where the file says nothing.

    `interval_s` and `exponent` are the elements intervalLength and powerOfTenMultiplier, `quality` is defaultQuality
    (-1: none), `period` is timeAttribute.
    """

    accumulation: int = 0
    commodity: int = 0
    qualifier: int = 0
    flow: int = 0
    kind: int = 0
    phase: int = 0
    period: int = 0
    tou: int = 0
    tier: int = 0
    cpp: int = 0
    uom: int = 0
    exponent: int = 0
    interval_s: int = 0
    quality: int = -1

    @property
    def name(self) -> str:
        """The codes in the order of `NAMED`, by which a channel is called and from which a writer restores them."""
        return ".".join(str(getattr(self, code)) for code in NAMED)
