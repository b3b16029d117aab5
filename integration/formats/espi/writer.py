"""Writing Green Button files: one feed, what is needed to understand a channel before its first values, in UTC days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from integration.formats.errors import UnwritableError
from integration.formats.espi import entries
from integration.formats.espi.codes import reading_type_of
from integration.formats.espi.names import ESPI_SPACE
from integration.formats.espi.quality import codes_of
from integration.formats.espi.reading_type import ReadingType
from integration.formats.espi.zones import local_time_of
from integration.formats.portion import NO_VALUE, Channel, Kind, Letterhead, Portion
from metering.quality import CLASS_SHIFT, Quality, QualityClass

DAY_S = 86_400
_PERIOD = "<timePeriod><duration>{}</duration><start>%d</start></timePeriod>"
_PLAIN = f"<IntervalReading>{_PERIOD}<value>%d</value></IntervalReading>\n"
_STATED = (
    f"<IntervalReading><ReadingQuality><quality>%d</quality></ReadingQuality>{_PERIOD}<value>%d</value>"
    "</IntervalReading>\n"
)
_EMPTY = f"<IntervalReading>{_PERIOD}</IntervalReading>\n"


def write_espi(portions: Iterable[Portion], head: Letterhead) -> Iterator[bytes]:
    """The octets of one Atom feed with all values of `portions`, piece by piece.

    `head.details["zone"]` names the time zone of the metering points (IANA; UTC if absent). Each channel becomes a
    meter reading; each UTC day of it in a portion one interval block in order of time. Deleted values,
    codes of errors and `NO_VALUE` are written as readings without a value. UnwritableError where a channel is
    `why_unwritable`.
    """
    made, zone = entries.timestamp(head.made_at), head.details.get("zone", "UTC")
    year = int(made[:4])
    yield (entries.begin(head) + entries.local_time(local_time_of(ZoneInfo(zone), year), zone, made)).encode()
    introduced = _Introduced(made)
    for portion in portions:
        yield "".join(text for channel in portion.channels for text in introduced.entries(channel)).encode()
        for block in _blocks(portion):
            yield _block_entry(block, made).encode()
    yield entries.END.encode()


def why_unwritable(channel: Channel) -> str:
    """Why a Green Button file cannot hold this channel, in words; empty if it can. Ask before writing."""
    if not channel.point:
        return "the metering point has no identification"
    if reading_type_of(channel) is None:
        return f"ESPI has no codes for {channel.kind.value} {channel.obis} in {channel.unit or 'no unit'}"
    return ""


class _Introduced:
    """The entries that explain a channel, each once a feed."""

    def __init__(self, made: str) -> None:
        self._made = made
        self._channels: set[Channel] = set()
        self._points: set[str] = set()
        self._types: set[ReadingType] = set()

    def entries(self, channel: Channel) -> Iterator[str]:
        """What has to be written before the first values of a channel."""
        if channel in self._channels:
            return
        kind = reading_type_of(channel)
        if kind is None or not channel.point:
            raise UnwritableError(
                f"{channel.obis} in {channel.unit or 'no unit'} of {channel.point!r} has no ESPI codes"
            )
        self._channels.add(channel)
        if channel.point not in self._points:
            self._points.add(channel.point)
            yield entries.usage_point(channel.point, kind.commodity, self._made)
        if kind not in self._types:
            self._types.add(kind)
            yield entries.reading_type(kind, self._made)
        yield entries.meter_reading(channel, kind, self._made)


@dataclass(frozen=True, slots=True)
class _Block:
    """Values of a channel and UTC day in order of time: seconds since 1970, integers, ESPI codes, if there is one."""

    channel: Channel
    at: Sequence[int]
    values: Sequence[int]
    codes: Sequence[int]
    given: Sequence[bool]


def _blocks(portion: Portion) -> Iterator[_Block]:
    """The values of a portion by channel and UTC day."""
    order = np.lexsort((portion.at, portion.channel))
    channel, at, values = portion.channel[order], portion.at[order], portion.values[order]
    codes = codes_of(portion.quality[order], portion.status[order])
    given = _given(values, portion.quality[order])
    day = at // DAY_S
    edges = np.flatnonzero((channel[1:] != channel[:-1]) | (day[1:] != day[:-1])) + 1
    bounds = [0, *edges.tolist(), len(at)] if len(at) else []
    for first, last in pairwise(bounds):
        part = slice(first, last)
        columns = (column[part].tolist() for column in (at, values, codes, given))
        yield _Block(portion.channels[int(channel[first])], *columns)


def _given(values: NDArray[np.int64], quality: NDArray[np.uint8]) -> NDArray[np.bool_]:
    missing = quality >> np.uint8(CLASS_SHIFT) == QualityClass.MISSING
    nothing = np.isin(quality, (Quality.DELETED, Quality.SENTINEL))
    given: NDArray[np.bool_] = (values != NO_VALUE) & ~nothing & ~missing
    return given


def _block_entry(block: _Block, made: str) -> str:
    """The entry of an interval block."""
    up, start = f"{entries.meter_link(block.channel)}/IntervalBlock", block.at[0]
    duration = block.at[-1] - start + block.channel.interval_s
    content = (
        f'<IntervalBlock xmlns="{ESPI_SPACE}">'
        f"<interval><duration>{duration}</duration><start>{start}</start></interval>\n{_readings(block)}</IntervalBlock>"
    )
    return entries.entry(f"{up}/{start}", up, (), entries.timestamp(start), content, made)


def _readings(block: _Block) -> str:
    """The readings of a block, in one step where they are all alike."""
    length = 0 if block.channel.kind is Kind.STAND else block.channel.interval_s
    if all(block.given) and not any(block.codes):
        numbers = [number for pair in zip(block.at, block.values, strict=True) for number in pair]
        return _PLAIN.format(length) * len(block.at) % tuple(numbers)
    plain, stated, empty = (text.format(length) for text in (_PLAIN, _STATED, _EMPTY))
    texts = []
    for at, value, code, given in zip(block.at, block.values, block.codes, block.given, strict=True):
        if not given:
            texts.append(empty % at)
        else:
            texts.append(stated % (code, at, value) if code else plain % (at, value))
    return "".join(texts)
