"""Quality of a value as the market says it, kept in the status word, and what it means here.

======  ===============================  ============
flag    the market says                  here
======  ===============================  ============
A       actual                           MEASURED; SUSPECT with reason 45, readings failed to validate
E       forward estimate                 ESTIMATED
S       substitute                       ESTIMATED; EDITED for S18 with reason 24, as it is written here
F       final substitute                 FINAL
N       no data                          no value
======  ===============================  ============

The method of an estimate follows from that of the market (`methods`).

The status word holds flag, method and reason without loss:

======  ==========================================================
bits    content
======  ==========================================================
0-7     flag, as its ASCII letter
8-14    method + 1, 0 = none
15-24   reason + 1, 0 = none
25-31   1001110: a word of this kind, not the status of a meter
======  ==========================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from integration.formats.nem import codes
from integration.formats.nem.methods import ALTERNATE, WRITTEN, method_of_market
from integration.formats.portion import NO_VALUE
from metering.quality import (
    CLASS_SHIFT,
    EstimationMethod,
    Quality,
    QualityClass,
    estimated_by,
    is_estimate,
    method_of,
    quality_class,
)

VARIABLE, FINAL = "V", "F"
MOST_REASON = 999
_MARK = 0b1001110 << 25
_MARK_MASK = 0b1111111 << 25
_QUALITY_METHOD = re.compile(r"([AEFNSV])(\d\d)?")


@dataclass(frozen=True, slots=True)
class Flags:
    """Quality flag, method and reason of one or more intervals."""

    flag: str
    method: int | None = None
    reason: int | None = None

    @property
    def status(self) -> int:
        """All three in one word of 32 bits."""
        method = 0 if self.method is None else self.method + 1
        reason = 0 if self.reason is None else self.reason + 1
        return _MARK | reason << 15 | method << 8 | ord(self.flag)

    @property
    def quality(self) -> int:
        """The code of `metering.quality`."""
        if self.flag == "A":
            return Quality.SUSPECT if self.reason == codes.FAILED_TO_VALIDATE else Quality.MEASURED
        if self.flag == "N":
            return Quality.MISSING
        if self == BY_HAND:
            return Quality.EDITED
        outage = self.reason == codes.POWER_OUTAGE
        return estimated_by(method_of_market(self.method, outage=outage), final=self.flag == FINAL)

    @property
    def quality_method(self) -> str:
        """The field QualityMethod: `A`, `S14`."""
        return self.flag if self.method is None else f"{self.flag}{self.method:02}"

    @property
    def reason_code(self) -> str:
        """The field ReasonCode."""
        return "" if self.reason is None else str(self.reason)

    def remarkable(self, *, described: bool) -> str:
        """What the specification misses in this combination though it can be read; empty if nothing."""
        if self.method is not None and self.method not in codes.METHODS:
            return f"method {self.method} is in no table"
        if self.reason is not None and self.reason not in codes.REASONS:
            return f"reason {self.reason} is in no table"
        if self.flag in "EFS" and self.method is None:
            return f"quality {self.flag} without a method"
        if self.flag in "FS" and self.reason is None:
            return f"quality {self.flag} without a reason"
        return "reason 0 without a description" if self.reason == codes.FREE_TEXT and not described else ""


def parse_flags(quality_method: str, reason: str) -> Flags | str:
    """The two fields together, or what is wrong with them."""
    match = _QUALITY_METHOD.fullmatch(quality_method)
    if match is None:
        return "not a quality method: one of A, E, F, N, S, V and a method of two digits"
    if reason and not (reason.isascii() and reason.isdigit() and int(reason) <= MOST_REASON and len(reason) <= 3):
        return "not a reason code: a number of at most three digits"
    return Flags(match[1], int(match[2]) if match[2] else None, int(reason) if reason else None)


def from_status(status: int) -> Flags | None:
    """What `Flags.status` packed; None for a word that came from somewhere else."""
    flag, method, reason = chr(status & 0xFF), (status >> 8) & 0x7F, (status >> 15) & 0x3FF
    if status & _MARK_MASK != _MARK or flag not in codes.FLAGS or method > 100 or reason > MOST_REASON + 1:
        return None
    return Flags(flag, method - 1 if method else None, reason - 1 if reason else None)


BY_HAND = Flags("S", ALTERNATE, codes.CORRECTION)
DEFAULTS = {
    QualityClass.MEASURED: Flags("A"),
    QualityClass.SUSPECT: Flags("A", None, codes.FAILED_TO_VALIDATE),
    QualityClass.DECIDED: BY_HAND,
    QualityClass.MISSING: Flags("N", None, codes.NULL_DATA),
}
"""What is written of a value that did not come from such a file, or was changed since; see `flags_of`."""


def flags_of(quality: int) -> Flags:
    """What is written of a quality code. The code of an error is no data; an estimate tells its method."""
    method = method_of(quality)
    if method is not None:
        reason = codes.POWER_OUTAGE if method is EstimationMethod.OUTAGE_ZERO else codes.NULL_DATA
        final = quality >> CLASS_SHIFT == QualityClass.FINAL
        return Flags(FINAL if final else "S", WRITTEN.get(method, ALTERNATE), reason)
    if quality == Quality.SENTINEL:
        return Flags("N", None, codes.FAILED_TO_VALIDATE)
    nothing = quality == Quality.DELETED
    kind = quality >> CLASS_SHIFT
    return DEFAULTS[QualityClass.MISSING if nothing or kind not in DEFAULTS else QualityClass(kind)]


_WORDS = np.array([flags_of(code).status for code in range(256)], np.uint32)
_NOTHING = np.array([flags_of(code).flag == "N" for code in range(256)], np.bool_)
_WIDE = np.isin(np.arange(256), (Quality.MEASURED, Quality.SUSPECT, Quality.ESTIMATED))
"""Qualities that say no more than their class."""


def are_data(values: NDArray[np.int64], quality: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether there is a number to write, bool, same shape: not of deleted values and codes of errors."""
    found: NDArray[np.bool_] = (values != NO_VALUE) & ~_NOTHING[quality]
    return found


def of_stands(quality: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Quality of stands, same shape: what the market estimated is doubtful here; the store estimates no stands."""
    return np.where(is_estimate(quality), np.uint8(Quality.SUSPECT), quality)


def statuses_to_write(
    values: NDArray[np.int64], quality: NDArray[np.uint8], status: NDArray[np.uint32], *, stands: bool = False
) -> NDArray[np.uint32]:
    """The word to write for every value, same shape: its own where it still agrees with its quality, else the default.

    A value edited after the import is a substitute, whatever the file said about its predecessor. `stands`: the
    values came through `of_stands`.
    """
    held = np.where(values == NO_VALUE, np.uint8(Quality.MISSING), quality)
    words = _WORDS[held]
    for word in np.unique(status).tolist():
        own = from_status(word)
        if own is not None and own.flag != VARIABLE:
            arrived = np.array([own.quality], np.uint8)
            words[(status == word) & _agree(held, of_stands(arrived) if stands else arrived)] = word
    return words


def _agree(held: NDArray[np.uint8], arrived: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether a value still is what it arrived as; one that tells less than it arrived as is."""
    kind, came = quality_class(held), quality_class(arrived)
    same: NDArray[np.bool_] = (held == arrived) | (_WIDE[held] & (kind == came))
    return same
