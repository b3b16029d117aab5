"""The formats readings are written in. What each knows of itself is in `integration.formats`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

import numpy as np

from integration.exports.options import Options
from integration.exports.registry import Format, Objection, register_format
from integration.exports.tables import CSV, XLSX
from integration.formats import espi, nem12, nem13
from integration.formats.nem.clock import DAY_S, MARKET_OFFSET_S
from integration.formats.nem.units import written
from integration.formats.portion import MOST_DIGITS, Channel, Letterhead, Portion
from integration.models import ExternalId

_TEXT, _XML = "text/csv; charset=utf-8", "application/atom+xml"


def connect() -> None:
    """Register them, in the order they are offered in."""
    register_format(
        CSV,
        XLSX,
        Format(
            "nem12", "NEM12", "csv", _TEXT, _nem12, nem12.why_unwritable,
            objections=nem_objections, place=_of_nem12, scheme=ExternalId.Scheme.NMI, needs_number=True,
            remarks="nem12:", window=market_days, options=frozenset({"receiver"}),
        ),
        Format(
            "nem13", "NEM13", "csv", _TEXT, _nem13, nem13.why_unwritable,
            objections=nem13_objections, place=_of_nem13, scheme=ExternalId.Scheme.NMI, needs_number=True,
            remarks="nem13:", window=with_end, options=frozenset({"receiver"}),
        ),
        Format(
            "espi", "Green Button", "xml", _XML, _espi, espi.why_unwritable,
            scheme=ExternalId.Scheme.USAGE_POINT,
        ),
    )  # fmt: skip


def _nem12(portions: Iterable[Portion], head: Letterhead, options: Options) -> Iterator[bytes]:
    return nem12.write_nem12(portions, head)


def _nem13(portions: Iterable[Portion], head: Letterhead, options: Options) -> Iterator[bytes]:
    return nem13.write_nem13(portions, head)


def _espi(portions: Iterable[Portion], head: Letterhead, options: Options) -> Iterator[bytes]:
    return espi.write_espi(portions, head)


def _of_nem12(channel: Channel) -> Hashable:
    return channel.point, nem12.suffix_of(channel), channel.interval_s


def _of_nem13(channel: Channel) -> Hashable:
    return channel.point, nem13.suffix_of(channel), channel.source


def market_days(start: int, end: int) -> tuple[int, int]:
    """The whole days of market time that [start, end) touches: a part of one would be said to have no data."""
    first, last = ((edge + MARKET_OFFSET_S) // DAY_S for edge in (start, end - 1))
    return first * DAY_S - MARKET_OFFSET_S, (last + 1) * DAY_S - MARKET_OFFSET_S


def with_end(start: int, end: int) -> tuple[int, int]:
    """The same with the instant it ends at: the reading taken then closes its last period."""
    return start, end + 1


def nem_objections(portion: Portion) -> Sequence[Objection]:
    """What meter data files have no room for: values below zero and those of too many digits."""
    present = portion.present
    powers = np.array([_power(channel) for channel in portion.channels], np.int64)
    largest = 10**MOST_DIGITS // 10 ** np.clip(-powers, 0, MOST_DIGITS)
    too_large = portion.values >= largest[portion.channel] if len(portion) else present
    return (
        Objection(present & (portion.values < 0), "values are negative"),
        Objection(present & too_large, f"values have more than {MOST_DIGITS} digits"),
    )


def nem13_objections(portion: Portion) -> Sequence[Objection]:
    """The same, and readings with no other one to make a period with."""
    found = nem_objections(portion)
    bad = np.logical_or.reduce([objection.rows for objection in found])
    return *found, Objection(nem13.unpaired(portion, ~bad), "a reading without another one makes no period")


def _power(channel: Channel) -> int:
    """Decimals the channel has in the unit of the file."""
    unit = written(channel.unit)
    return (unit[1].power if unit else 0) - channel.exponent
