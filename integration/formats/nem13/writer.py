"""Writing NEM13."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from integration.formats.decimals import MOST_DECIMALS
from integration.formats.errors import UnwritableError
from integration.formats.nem.clock import instant_text
from integration.formats.nem.fields import join, split
from integration.formats.nem.flags import from_status, statuses_to_write
from integration.formats.nem.nmi import LENGTH, why_no_nmi
from integration.formats.nem.stretch import Stretch, stretches
from integration.formats.nem.suffixes import register_obis, register_suffix
from integration.formats.nem.units import Uom, uom, written
from integration.formats.nem13.assembly import DETAIL_KIND, ORDER_KIND, REASON_KIND
from integration.formats.nem13.reading import FIELDS, details_of
from integration.formats.portion import NO_VALUE, Channel, Kind, Letterhead, Portion, Remark

_NUMBER = re.compile(r"[0-9]{1,40}(\.[0-9]{0,40})?")


def why_unwritable(channel: Channel) -> str:
    """Why a NEM13 file cannot hold this channel, in words; empty if it can. Ask before writing."""
    if channel.kind is Kind.CONSUMPTION or channel.interval_s:
        return "interval values go into NEM12"
    if reason := why_no_nmi(channel.point):
        return reason
    unit = written(channel.unit)
    if unit is None or not suffix_of(channel)[0]:
        return f"no NMI suffix for {channel.obis} in {channel.unit or 'no unit'}"
    if unit[1].power - channel.exponent > MOST_DECIMALS:
        return f"more than {MOST_DECIMALS} decimals"
    return ""


def suffix_of(channel: Channel) -> tuple[str, str]:
    """Suffix and direction of the register; its name where that is the suffix of its OBIS code."""
    suffix, direction = register_suffix(channel.obis, channel.unit)
    unit = written(channel.unit)
    named = unit is not None and register_obis(channel.name, unit[1], direction) == channel.obis
    return (channel.name if named else suffix), direction


def write_nem13(portions: Iterable[Portion], head: Letterhead) -> Iterator[bytes]:
    """A file in pieces: a record for every two readings of a register that follow each other in time.

    Values come channel by channel, each in time order; a channel may go on in the next portion. A register with a
    single reading has no period and is left out. Where a remark holds the details of the period they are written as
    they came; otherwise the quantity is the difference of the readings. Where a register runs backwards there is none
    and no record: it was exchanged, or began anew. Raises `UnwritableError` where `why_unwritable` has a reason.
    """
    yield join(["100", "NEM13", instant_text(head.made_at)[:12], head.sender, head.receiver]).encode() + b"\r\n"
    held: Stretch | None = None
    for portion in portions:
        for stretch in stretches(portion):
            if reason := why_unwritable(stretch.channel):
                raise UnwritableError(f"{stretch.channel.point} {stretch.channel.name}: {reason}")
            whole = held.followed_by(stretch) if held is not None and held.continues(stretch) else stretch
            whole = whole.part(whole.values != NO_VALUE)
            yield b"".join(_records(whole, head))
            held = whole.from_place(len(whole.at) - 1) if len(whole.at) else None
    yield b"900\r\n"


def _records(stretch: Stretch, head: Letterhead) -> Iterator[bytes]:
    """Records 250 and 550 of all pairs of readings."""
    words = statuses_to_write(stretch.values, stretch.quality, stretch.status, stands=True)
    told = {(remark.kind, remark.start, remark.end): remark.text for remark in stretch.remarks}
    for before, after in pairwise(range(len(stretch.at))):
        start, end = int(stretch.at[before]), int(stretch.at[after])
        if start >= end:
            raise UnwritableError(f"{stretch.channel.point} {stretch.channel.name}: readings are not in order")
        details = details_of(told.get((DETAIL_KIND, start, end), ""))
        fields = _register(stretch.channel, details)
        for which, index in (("Previous", before), ("Current", after)):
            at = int(stretch.at[index])
            fields |= _reading(which, at, int(words[index]), told.get((REASON_KIND, at, at + 1), ""))
        fields |= _numbers(stretch.channel, int(stretch.values[before]), int(stretch.values[after]), details)
        if not fields["Quantity"]:
            continue
        fields.setdefault("UpdateDateTime", instant_text(head.made_at))
        yield join([fields.get(name, "") for name in FIELDS]).encode() + b"\r\n"
        if order := told.get((ORDER_KIND, start, end)):
            yield join(["550", *(split(order.encode()) or [order])]).encode() + b"\r\n"


def _register(channel: Channel, details: Mapping[str, str]) -> dict[str, str]:
    """Which register: what the details hold of it, and what the channel says."""
    suffix, direction = suffix_of(channel)
    return {
        "NMIConfiguration": suffix,
        "RegisterID": suffix,
        **details,
        "RecordIndicator": "250",
        "NMI": channel.point[:LENGTH],
        "NMISuffix": suffix,
        "MeterSerialNumber": channel.source,
        "DirectionIndicator": direction,
    }


def _reading(which: str, at: int, status: int, description: str) -> dict[str, str]:
    flags = from_status(status)
    assert flags is not None, "statuses to write are all of this kind"
    return {
        f"{which}RegisterReadDateTime": instant_text(at),
        f"{which}QualityMethod": flags.quality_method,
        f"{which}ReasonCode": flags.reason_code,
        f"{which}ReasonDescription": description,
    }


def _numbers(channel: Channel, before: int, after: int, details: Mapping[str, str]) -> dict[str, str]:
    """Readings as the dial shows them, and the quantity, where they are still the values; else written anew."""
    name = details.get("UOM", "")
    unit = uom(name)
    if unit is None or unit.unit != channel.unit:
        name, unit = written(channel.unit) or ("", Uom("", 0))
    first, second = (Decimal(value).scaleb(channel.exponent - unit.power) for value in (before, after))
    shown = [details.get(f"{which}RegisterRead", "") for which in ("Previous", "Current")]
    known = _shows(shown[0], first) and _shows(shown[1], second) and "Quantity" in details
    return {
        "PreviousRegisterRead": shown[0] if _shows(shown[0], first) else f"{first:f}",
        "CurrentRegisterRead": shown[1] if _shows(shown[1], second) else f"{second:f}",
        "Quantity": details["Quantity"] if known else _quantity(channel, first, second),
        "UOM": name,
    }


def _shows(text: str, value: Decimal) -> bool:
    return bool(_NUMBER.fullmatch(text)) and Decimal(text) == value


def _quantity(channel: Channel, first: Decimal, second: Decimal) -> str:
    """Used between two readings, empty when that cannot be said; of a demand register what the later one shows."""
    if channel.kind is not Kind.STAND:
        return f"{second:f}"
    return f"{second - first:f}" if second >= first else ""


def unpaired(portion: Portion, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the readings `wanted`, bool (m,), a file of them would not show, same shape: those with no other one
    beside them that makes a period with a quantity."""
    rows = np.flatnonzero(wanted & portion.present)
    channel, at, values = portion.channel[rows], portion.at[rows], portion.values[rows]
    stands = np.array([each.kind is Kind.STAND for each in portion.channels], np.bool_)
    pairs = channel[1:] == channel[:-1]
    told = {(remark.channel, remark.start, remark.end): remark.text for remark in _details(portion)}
    for index in np.flatnonzero(pairs & (values[1:] < values[:-1]) & stands[channel[1:]]).tolist():
        number = int(channel[index])
        details = details_of(told.get((number, int(at[index]), int(at[index + 1])), ""))
        numbers = _numbers(portion.channels[number], int(values[index]), int(values[index + 1]), details)
        pairs[index] = bool(numbers["Quantity"])
    alone = np.zeros(len(portion), np.bool_)
    alone[rows] = True
    alone[rows[1:][pairs]] = alone[rows[:-1][pairs]] = False
    return alone


def _details(portion: Portion) -> Iterator[Remark]:
    return (remark for remark in portion.remarks if remark.kind == DETAIL_KIND)
