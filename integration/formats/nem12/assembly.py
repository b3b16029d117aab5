"""From days to the arrays of a portion: all numbers of all days are understood at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from integration.formats.decimals import REASONS, Decimals, State, read_decimals, to_decimals
from integration.formats.nem.clock import day_start
from integration.formats.nem.findings import Fault, Findings
from integration.formats.nem.reading import empty_portion
from integration.formats.nem12.day import Day
from integration.formats.portion import NO_VALUE, Channel, Portion, Remark
from metering.quality import Quality

EVENT_KIND = "nem12:400"
"""A reason description, for the intervals it holds for."""
ORDER_KIND = "nem12:500"
"""Details of a reading by hand, for its market day: the fields of the record 500 as they stand."""
_NEGATIVE = len(State)
_REASONS: dict[int, str] = {**REASONS, _NEGATIVE: "a value is negative"}


def assemble(days: Sequence[Day], findings: Findings, position: int, rows: int) -> Portion:
    """One portion of all these days; values that are none are told to `findings` and left out."""
    if not days:
        return empty_portion(findings, position, rows)
    channels: dict[Channel, int] = {}
    for day in days:
        channels.setdefault(day.block.channel, len(channels))
    of_day = np.array([channels[day.block.channel] for day in days], dtype=np.int32)
    counts = np.array([day.block.intervals for day in days], dtype=np.int64)
    begins = np.cumsum(counts) - counts
    quality, status = _qualities(days, begins, counts)
    numbers = read_decimals(b",".join(day.values for day in days))
    powers = np.array([day.block.power for day in days], dtype=np.int64)
    exponents = np.full(len(channels), powers.max(), dtype=np.int64)
    np.minimum.at(exponents, of_day, powers - np.maximum.reduceat(numbers.decimals, begins))
    decimals = np.repeat(powers - exponents[of_day], counts)
    values = _values(days, numbers, decimals, quality, begins, findings)
    return Portion(
        channels=tuple(
            replace(channel, exponent=exponent) for channel, exponent in zip(channels, exponents.tolist(), strict=True)
        ),
        channel=np.repeat(of_day, counts),
        at=_instants(days, begins, counts),
        values=values,
        quality=np.where(values == NO_VALUE, np.uint8(Quality.MISSING), quality),
        status=status,
        lines=np.repeat(np.array([day.line for day in days], dtype=np.int64), counts),
        problems=findings.take(),
        remarks=tuple(_remarks(days, channels)),
        position=position,
        rows=rows,
    )


def _instants(days: Sequence[Day], begins: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Start of every interval, (m,)."""
    lengths = np.array([day.block.channel.interval_s for day in days], dtype=np.int64)
    midnights = np.array([day_start(day.day) for day in days], dtype=np.int64)
    at: NDArray[np.int64] = np.repeat(midnights - begins * lengths, counts)
    return at + np.arange(len(at), dtype=np.int64) * np.repeat(lengths, counts)


def _qualities(
    days: Sequence[Day], begins: NDArray[np.int64], counts: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """Quality codes and status words, (m,): of the day, over it of its events."""
    known = {id(day.flags): day.flags for day in days}
    packed = {key: (flags.quality, flags.status) for key, flags in known.items()}
    told = [packed[id(day.flags)] for day in days]
    quality = np.repeat(np.array([code for code, _ in told], dtype=np.uint8), counts)
    status = np.repeat(np.array([word for _, word in told], dtype=np.uint32), counts)
    for day, begin in zip(days, begins.tolist(), strict=True):
        for event in day.events:
            stretch = slice(begin + event.first - 1, begin + event.last)
            quality[stretch] = event.flags.quality
            status[stretch] = event.flags.status
    return quality, status


def _values(
    days: Sequence[Day],
    numbers: Decimals,
    decimals: NDArray[np.int64],
    quality: NDArray[np.uint8],
    begins: NDArray[np.int64],
    findings: Findings,
) -> NDArray[np.int64]:
    """Integers of the decimals of the channel, (m,); what is flagged as no data is none, whatever is written there."""
    values, states = to_decimals(numbers, decimals)
    no_data = quality == Quality.MISSING
    states[(values < 0) & (states == State.GOOD)] = _NEGATIVE
    states[no_data & (states == State.EMPTY)] = State.GOOD
    bad = np.flatnonzero(states)
    values[no_data] = NO_VALUE
    values[bad] = NO_VALUE
    for row in np.unique(np.searchsorted(begins, bad, side="right") - 1).tolist() if len(bad) else ():
        day = days[row]
        for fault, count in _faults(day, states[begins[row] : begins[row] + day.block.intervals]):
            findings.error(day.line, fault, count)
    return values


def _faults(day: Day, states: NDArray[np.uint8]) -> Iterator[tuple[Fault, int]]:
    """One fault for each thing that is wrong with values of this day, at the first of them, and how many have it."""
    fields = day.values.split(b",")
    for state in np.unique(states[states > 0]).tolist():
        places = np.flatnonzero(states == state)
        text = fields[places[0]].decode("latin-1")
        yield Fault(_REASONS[state], 3 + int(places[0]), text), len(places)


def _remarks(days: Sequence[Day], channels: dict[Channel, int]) -> Iterator[Remark]:
    """Descriptions and details of readings, with the period they belong to."""
    for day in days:
        if not (day.description or day.orders or day.events):
            continue
        channel, start, length = day.block.channel, day_start(day.day), day.block.channel.interval_s
        end = start + day.block.intervals * length
        if day.description and not day.events:
            yield Remark(channels[channel], start, end, EVENT_KIND, day.description)
        for event in day.events:
            if event.description:
                begin = start + (event.first - 1) * length
                yield Remark(channels[channel], begin, start + event.last * length, EVENT_KIND, event.description)
        for order in day.orders:
            yield Remark(channels[channel], start, end, ORDER_KIND, order)
