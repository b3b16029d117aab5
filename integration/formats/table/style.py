"""How a table of readings is written, and the mapping by which it is read again."""

from __future__ import annotations

from dataclasses import dataclass

from integration.formats.portion import Channel
from integration.formats.table.lengths import length_text
from integration.formats.table.mapping import (
    Ambiguous,
    Columns,
    FileKind,
    HeadingPart,
    Layout,
    Mapping,
    Names,
    Numbers,
    Source,
    Times,
)
from integration.formats.table.zones import Zone, zone_of

POINT, METER, QUANTITY, KIND, INTERVAL = "Metering point", "Meter", "Quantity", "Kind", "Interval"
TIME, HOUR, VALUE, UNIT, QUALITY = "Time", "Repeated hour", "Value", "Unit", "Quality"
FIRST, SECOND = "first", "second"
"""In the column of the repeated hour: which of two rows of the same time comes first."""
SEPARATOR = " | "
NO_UNIT = "1"
QUALITY_NAMES = ("measured", "suspect", "estimated", "edited", "accepted")
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Style:
    """What is chosen about a table.

    wide     a row per instant and a column per channel, without qualities; otherwise a row per value
    zone     of the times: `UTC`, `+02:00` or an IANA name
    decimal  `.` or `,`: text files only; with a comma the columns are divided by semicolons
    """

    wide: bool = False
    zone: str = "UTC"
    decimal: str = "."

    @property
    def delimiter(self) -> str:
        """What divides the columns of a text file."""
        return ";" if self.decimal == "," else ","

    @property
    def clock(self) -> Zone:
        """The zone itself. ZoneError where there is none of that name."""
        return zone_of(self.zone)

    @property
    def time_heading(self) -> str:
        """Heading of the times, with the zone."""
        return f"{TIME} ({self.zone})"


def heading_of(channel: Channel) -> str:
    """Heading of the column of a channel in a wide table."""
    words = [channel.point, channel.obis, *([channel.source] if channel.source else [])]
    said = (channel.unit or NO_UNIT, channel.kind.value, length_text(channel.interval_s))
    return f"{SEPARATOR.join(words)} ({', '.join(said)})"


def mapping_of(style: Style, kind: FileKind = FileKind.CSV) -> Mapping:
    """The mapping that reads what is written in this style."""
    flagged = kind is not FileKind.CSV and not style.clock.is_steady
    columns = Columns(time=TIME, flag=HOUR if flagged else "")
    if not style.wide:
        columns = Columns(
            point=POINT, quantity=QUANTITY, time=TIME, value=VALUE, unit=UNIT, quality=QUALITY, serial=METER,
            kind=KIND, length=INTERVAL, flag=columns.flag,
        )  # fmt: skip
    return Mapping(
        source=Source(kind=kind, encoding="utf-8" if kind is FileKind.CSV else "auto", delimiter=style.delimiter),
        layout=Layout.WIDE_TIME if style.wide else Layout.LONG,
        columns=columns,
        names=Names(
            qualities={name: name for name in QUALITY_NAMES} | {MISSING: "none"},
            heading=(HeadingPart.POINT, HeadingPart.QUANTITY, HeadingPart.SERIAL),
            separator=SEPARATOR.strip(),
        ),
        times=Times(zone=style.zone, ambiguous=Ambiguous.FLAG if flagged else Ambiguous.ORDER, first=(FIRST,)),
        numbers=Numbers(decimal=style.decimal, negative=True),
    )
