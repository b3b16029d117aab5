"""Quality of a value as the market says it, kept in the status word, and what it means here.

======  ===============================  ============
flag    the market says                  here
======  ===============================  ============
A       actual                           MEASURED; SUSPECT with reason 45, readings failed to validate
E       forward estimate                 ESTIMATED
S, F    substitute, final substitute     ESTIMATED
N       no data                          no value
======  ===============================  ============

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
from integration.formats.portion import NO_VALUE
from metering.quality import Quality, QualityClass, is_estimate, quality_class

VARIABLE = "V"
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
        return Quality.MISSING if self.flag == "N" else Quality.ESTIMATED

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


DEFAULTS = {
    QualityClass.MEASURED: Flags("A"),
    QualityClass.SUSPECT: Flags("A", None, codes.FAILED_TO_VALIDATE),
    QualityClass.ESTIMATED: Flags("S", 18, codes.CORRECTION),
    QualityClass.DECIDED: Flags("S", 18, codes.CORRECTION),
    QualityClass.FINAL: Flags("F", 18, codes.CORRECTION),
    QualityClass.MISSING: Flags("N", None, codes.NULL_DATA),
}
"""What is written of a value that did not come from such a file, or was changed since."""


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
    classes = np.where(values == NO_VALUE, np.uint8(QualityClass.MISSING), quality_class(quality))
    defaults = np.full(len(QualityClass.__members__) + 3, DEFAULTS[QualityClass.MISSING].status, dtype=np.uint32)
    for member, flags in DEFAULTS.items():
        defaults[member] = flags.status
    words = defaults[classes]
    for word in np.unique(status).tolist():
        own = from_status(word)
        if own is not None and own.flag != VARIABLE:
            arrived = np.array([own.quality], np.uint8)
            agrees = (status == word) & (classes == quality_class(of_stands(arrived) if stands else arrived))
            words[agrees] = word
    return words
