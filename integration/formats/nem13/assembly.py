"""From readings to the arrays of a portion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from integration.formats.decimals import REASONS, State, read_decimals, to_decimals
from integration.formats.nem.findings import Fault, Findings
from integration.formats.nem.flags import of_stands
from integration.formats.nem.reading import empty_portion
from integration.formats.nem13.reading import Read
from integration.formats.portion import NO_VALUE, Channel, Portion, Remark
from metering.quality import Quality

DETAIL_KIND = "nem13:250"
"""What a record says of the period between two readings beyond the readings."""
ORDER_KIND = "nem13:550"
"""Transactions and service orders of both readings: the fields of the record 550 as they stand."""
REASON_KIND = "nem13:reason"
"""A reason description, for one reading."""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark whose channel has no number yet."""

    channel: Channel
    start: int
    end: int
    kind: str
    text: str


def assemble(
    reads: Mapping[tuple[Channel, int], tuple[Read, int]],
    notes: Sequence[Note],
    findings: Findings,
    position: int,
    rows: int,
) -> Portion:
    """One portion of these readings, by channel and instant, with the power of ten of each."""
    if not reads:
        return empty_portion(findings, position, rows)
    channels: dict[Channel, int] = {}
    for channel, _ in reads:
        channels.setdefault(channel, len(channels))
    keys = sorted(reads, key=lambda key: (channels[key[0]], key[1]))
    ordered = [reads[key][0] for key in keys]
    of_read = np.array([channels[channel] for channel, _ in keys], dtype=np.int32)
    powers = np.array([reads[key][1] for key in keys], dtype=np.int64)
    numbers = read_decimals(",".join(read.text.replace(",", ";") for read in ordered).encode())
    exponents = np.full(len(channels), powers.max(), dtype=np.int64)
    np.minimum.at(exponents, of_read, powers - numbers.decimals)
    values, states = to_decimals(numbers, powers - exponents[of_read])
    quality = np.array([read.flags.quality for read in ordered], dtype=np.uint8)
    _refuse(ordered, values.tolist(), states.tolist(), findings)
    values[(values < 0) | (quality == Quality.MISSING)] = NO_VALUE
    return Portion(
        channels=tuple(
            replace(channel, exponent=exponent) for channel, exponent in zip(channels, exponents.tolist(), strict=True)
        ),
        channel=of_read,
        at=np.array([at for _, at in keys], dtype=np.int64),
        values=values,
        quality=np.where(values == NO_VALUE, np.uint8(Quality.MISSING), of_stands(quality)),
        status=np.array([read.flags.status for read in ordered], dtype=np.uint32),
        lines=np.array([read.line for read in ordered], dtype=np.int64),
        problems=findings.take(),
        remarks=tuple(
            dict.fromkeys(Remark(channels[note.channel], note.start, note.end, note.kind, note.text) for note in notes)
        ),
        position=position,
        rows=rows,
    )


def _refuse(reads: Sequence[Read], values: Sequence[int], states: Sequence[int], findings: Findings) -> None:
    """Tell which readings are no numbers, or negative. A reading flagged as no data may be empty."""
    for read, value, state in zip(reads, values, states, strict=True):
        if state == State.GOOD:
            reason = "a reading is negative" if value < 0 else ""
        else:
            reason = "" if state == State.EMPTY and read.flags.flag == "N" else REASONS[state]
        if reason:
            findings.error(read.line, Fault(reason, read.column, read.text), values=1)
