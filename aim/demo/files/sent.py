"""Files others send: NEM12 with the faults of real life, and a customer's Green Button file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from aim.demo.files.household import energy_wh
from integration.formats.espi import write_espi
from integration.formats.nem.clock import day_start
from integration.formats.nem12 import write_nem12
from integration.formats.portion import Channel, Kind, Letterhead, Portion
from metering.quality import Quality

_DAY_S = 86_400


def nem12(nmis: Sequence[str], unknown: str, day: int) -> bytes:
    """A week of half hours of each NMI, a day of it substituted; a point nobody knows, a short day, a bad number.

    `day` is the first market day, counted from 1970.
    """
    channels = [_electricity(nmi, "E1", 1800) for nmi in (*nmis, unknown)]
    portion = _portion(channels, day_start(day), 7)
    third = (portion.at - portion.at[0]) // _DAY_S == 2
    portion.quality[third & (portion.channel == 1)] = Quality.ESTIMATED
    head = Letterhead(sender="MDP1", receiver="OPENAIM", made_at=(day + 8) * _DAY_S)
    return _damaged(b"".join(write_nem12([portion], head)))


def green_button(point: str, day: int) -> Iterator[bytes]:
    """Hours of a usage point over 30 UTC days from `day`, counted from 1970."""
    portion = _portion([_electricity(point, "", 3600)], day * _DAY_S, 30)
    portion.quality[40:44] = Quality.ESTIMATED
    head = Letterhead(sender="Customer portal", made_at=(day + 30) * _DAY_S, title="Energy usage")
    return write_espi([portion], head)


def _electricity(point: str, name: str, interval_s: int) -> Channel:
    return Channel(point, name, "1-0:1.29.0", "Wh", Kind.CONSUMPTION, interval_s, 0)


def _portion(channels: Sequence[Channel], start: int, days: int) -> Portion:
    each = days * _DAY_S // channels[0].interval_s
    at = np.tile(start + np.arange(each, dtype=np.int64) * channels[0].interval_s, len(channels))
    count = len(at)
    values = [energy_wh(100 + number, at[:each], channel.interval_s) for number, channel in enumerate(channels)]
    return Portion(
        tuple(channels), np.repeat(np.arange(len(channels), dtype=np.int32), each), at, np.concatenate(values),
        np.full(count, Quality.MEASURED, dtype=np.uint8), np.zeros(count, dtype=np.uint32),
        np.zeros(count, dtype=np.int64),
    )  # fmt: skip


def _damaged(octets: bytes) -> bytes:
    """With a day that has a value too few, and one with a comma in a number's place."""
    lines = octets.split(b"\r\n")
    days = [number for number, line in enumerate(lines) if line.startswith(b"300,")]
    short, wrong = days[4], days[9]
    fields = lines[short].split(b",")
    lines[short] = b",".join(fields[:20] + fields[21:])
    fields = lines[wrong].split(b",")
    fields[12] = b"0.4O1"
    lines[wrong] = b",".join(fields)
    return b"\r\n".join(lines)
