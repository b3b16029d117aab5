"""Writing NEM12."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from integration.formats.decimals import MOST_DECIMALS, write_decimals
from integration.formats.errors import UnwritableError
from integration.formats.nem.clock import MINUTE_S, day_start, instant_text
from integration.formats.nem.fields import join
from integration.formats.nem.nmi import LENGTH, why_no_nmi
from integration.formats.nem.stretch import Stretch, stretches
from integration.formats.nem.suffixes import interval_obis, interval_suffix
from integration.formats.nem.units import written
from integration.formats.nem12.block import INTERVAL_MINUTES
from integration.formats.nem12.day_text import day_records
from integration.formats.nem12.market_days import MarketDays, arrange, last_day
from integration.formats.portion import MOST_DIGITS, NO_VALUE, Channel, Kind, Letterhead, Portion


def why_unwritable(channel: Channel) -> str:
    """Why a NEM12 file cannot hold this channel, in words; empty if it can. Ask before writing."""
    if channel.kind is Kind.STAND:
        return "register values go into NEM13"
    if channel.interval_s not in [minutes * MINUTE_S for minutes in INTERVAL_MINUTES]:
        return "intervals have 5, 15 or 30 minutes"
    if reason := why_no_nmi(channel.point):
        return reason
    unit = written(channel.unit)
    if unit is None or not suffix_of(channel):
        return f"no NMI suffix for {channel.obis} in {channel.unit or 'no unit'}"
    if unit[1].power - channel.exponent > MOST_DECIMALS:
        return f"more than {MOST_DECIMALS} decimals"
    return ""


def suffix_of(channel: Channel) -> str:
    """The name of the channel where it is the suffix of its OBIS code, else the suffix of the code."""
    unit = written(channel.unit)
    if unit and interval_obis(channel.name, unit[1]) == channel.obis:
        return channel.name
    return interval_suffix(channel.obis, channel.unit)


def write_nem12(portions: Iterable[Portion], head: Letterhead) -> Iterator[bytes]:
    """A file in pieces. Values come channel by channel, each in time order; a channel may go on in the next portion.

    Only whole market days are written: intervals not given are flagged as no data. The field NMIConfiguration names the
    suffixes of all channels of the metering point the portion names, with values or not. Raises `UnwritableError`
    before anything of a channel is written where `why_unwritable` has a reason, and at a value the format cannot hold:
    negative, or more than 15 digits.
    """
    yield _line("100", "NEM12", instant_text(head.made_at)[:12], head.sender, head.receiver)
    held: Stretch | None = None
    for portion in portions:
        for stretch in stretches(portion):
            if held is not None and held.continues(stretch):
                whole = held.followed_by(stretch)
            else:
                yield from _days(held, head)
                yield _block(stretch.channel, portion.channels)
                whole = stretch
            begin = last_day(whole)
            yield from _days(whole.part(slice(begin)), head)
            held = whole.from_place(begin)
    yield from _days(held, head)
    yield b"900\r\n"


def _line(*fields: str) -> bytes:
    return join(list(fields)).encode() + b"\r\n"


def _block(channel: Channel, channels: Sequence[Channel]) -> bytes:
    """Record 200. The register goes by its suffix; the data stream of the market and the next reading are not known."""
    if reason := why_unwritable(channel):
        raise UnwritableError(f"{channel.point} {channel.name}: {reason}")
    suffix, unit = suffix_of(channel), written(channel.unit)
    own = [other for other in channels if other.point == channel.point and not why_unwritable(other)]
    configuration = "".join(dict.fromkeys(suffix_of(other) for other in own))
    minutes = str(channel.interval_s // MINUTE_S)
    name = unit[0] if unit else ""
    return _line("200", channel.point[:LENGTH], configuration, suffix, suffix, "", channel.source, name, minutes, "")


def _days(stretch: Stretch | None, head: Letterhead) -> Iterator[bytes]:
    """Records 300, 400 and 500 of all days of the stretch."""
    if stretch is None or not len(stretch.at):
        return
    days = arrange(stretch)
    unit = written(stretch.channel.unit)
    decimals = (unit[1].power if unit else 0) - stretch.channel.exponent
    numbers = write_decimals(_scaled(stretch, days, decimals), max(decimals, 0))
    yield b"".join(day_records(stretch, days, numbers, instant_text(head.made_at)))


def _scaled(stretch: Stretch, days: MarketDays, decimals: int) -> NDArray[np.int64]:
    """The integers to write; a unit of the file smaller than those of the channel needs zeros at the end."""
    present = days.values != NO_VALUE
    largest = 10**MOST_DIGITS // 10 ** max(-decimals, 0)
    wrong = present & ((days.values < 0) | (days.values >= largest))
    if wrong.any():
        row, slot = (int(place[0]) for place in np.nonzero(wrong))
        at = instant_text(day_start(int(days.days[row])) + slot * stretch.channel.interval_s)
        value = int(days.values[row, slot])
        what = "is negative" if value < 0 else f"has more than {MOST_DIGITS} digits"
        raise UnwritableError(f"{stretch.channel.point} {stretch.channel.name}: the value of {at} {what}: {value}")
    return np.where(present, days.values * 10 ** max(-decimals, 0), NO_VALUE)
