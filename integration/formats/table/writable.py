"""What of a portion a table can hold, and how it is said there: numbers, qualities, instants."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from integration.formats.decimals import MOST_DECIMALS
from integration.formats.errors import UnwritableError
from integration.formats.portion import MOST_DIGITS, NO_VALUE, Channel, Portion
from integration.formats.table.gsrn import point_fault
from integration.formats.table.qualities import KNOWN
from integration.formats.table.style import MISSING, SEPARATOR
from metering.quality import CLASS_SHIFT, Quality, QualityClass, quality_class
from metering.quality_names import full_name

MINUTE_S = 60
_CLASSES: dict[int, str] = {
    QualityClass.MEASURED: "measured",
    QualityClass.SUSPECT: "suspect",
    QualityClass.DECIDED: "edited",
}
"""What a code of a later release is called; other classes have a name for each of their codes, or no value."""


def why_unwritable(channel: Channel) -> str:
    """Why a table cannot hold this channel, in words; empty if it can. Ask before writing."""
    if reason := point_fault(channel.point):
        return reason
    if any(text != " ".join(text.split()) for text in (channel.point, channel.source)):
        return "a table would lose the blanks in its identification"
    if SEPARATOR.strip() in channel.point + channel.source:
        return f"{SEPARATOR.strip()} stands between the words of headings"
    if -channel.exponent > MOST_DECIMALS:
        return f"more than {MOST_DECIMALS} decimals"
    if channel.interval_s % MINUTE_S:
        return "intervals have whole minutes"
    return ""


def out_of_range(portion: Portion) -> NDArray[np.bool_]:
    """bool (m,): values of more digits than tables keep (`MOST_DIGITS`)."""
    zeros = np.array([max(channel.exponent, 0) for channel in portion.channels], dtype=np.int64)
    largest = 10**MOST_DIGITS // 10 ** np.minimum(zeros, MOST_DIGITS)
    if not len(portion):
        return np.zeros(0, dtype=np.bool_)
    found: NDArray[np.bool_] = portion.present & (np.abs(portion.values) >= largest[portion.channel])
    return found


def given(portion: Portion) -> NDArray[np.bool_]:
    """bool (m,): values that are written; the others are named without one. Codes of errors are, by what they are."""
    missing = quality_class(portion.quality) == QualityClass.MISSING
    present: NDArray[np.bool_] = portion.present & ~missing & (portion.quality != Quality.DELETED)
    return present


def shown_alone(portion: Portion) -> NDArray[np.bool_]:
    """bool (m,): values that may stand without their quality; the code of an error would pass for energy."""
    alone: NDArray[np.bool_] = portion.quality != Quality.SENTINEL
    return alone


def check_portion(portion: Portion) -> None:
    """UnwritableError, naming the channel, where the portion has something a table cannot hold."""
    for channel in portion.channels:
        if reason := why_unwritable(channel):
            raise UnwritableError(f"{channel.point} {channel.name}: {reason}")
    wrong = out_of_range(portion)
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        channel, at = portion.channels[portion.channel[place]], np.datetime64(int(portion.at[place]), "s")
        raise UnwritableError(
            f"{channel.point} {channel.name}: the value of {at} UTC has more than {MOST_DIGITS} digits"
        )


def quality_names() -> list[str]:
    """The name of every code, 256 of them: the whole one, so that reading it gives the code again."""
    return [_name(code) for code in range(256)]


def _name(code: int) -> str:
    name = full_name(code)
    return name if name in KNOWN else _CLASSES.get(code >> CLASS_SHIFT, MISSING)


def plain_values(portion: Portion, rows: NDArray[np.intp], exponent: int) -> NDArray[np.int64]:
    """The values of these rows, all of `exponent`, as integers of 10^min(exponent, 0); `NO_VALUE` becomes 0."""
    values = portion.values[rows]
    plain: NDArray[np.int64] = np.where(values == NO_VALUE, 0, values) * 10 ** max(exponent, 0)
    return plain
