"""The list of what is in a file of readings: every quantity of every metering point."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from django.utils import timezone

from aim.web.formats import grouped
from aim.web.tables import Column, Table
from aim.web.tones import State
from integration.models import ImportChannel
from integration.tables.files import count_column
from metering.display import shown_in
from metering.models import Series


def total(channel: ImportChannel) -> str:
    """The sum of the values in the unit screens use, with its unit; of stands there is none."""
    if channel.kind != Series.Kind.CONSUMPTION or not channel.values:
        return ""
    unit, power = shown_in(channel.unit)
    amount = channel.total.scaleb(-power).normalize()
    places = max(0, -cast(int, amount.as_tuple().exponent)) if amount else 0
    return f"{grouped(amount, places)} {unit}"


def rhythm(channel: ImportChannel) -> str:
    """`15 min`, or that each value has its own instant."""
    return f"{channel.interval_s // 60} min" if channel.interval_s else "instants"


def end_of(channel: ImportChannel) -> datetime | None:
    """The end of the last interval, or the last instant."""
    return channel.last_at + timedelta(seconds=channel.interval_s) if channel.last_at else None


def period(channel: ImportChannel) -> str:
    """First and last local day of the values, both included."""
    if not (channel.first_at and channel.last_at):
        return ""
    first, last = (f"{timezone.localtime(instant):%Y-%m-%d}" for instant in (channel.first_at, channel.last_at))
    return first if first == last else f"{first} – {last}"


def destination(channel: ImportChannel) -> State:
    """Where the values go."""
    if channel.refusal:
        return State("Not taken", "bad")
    return State("New series", "info", "plus") if channel.is_new else State("Series there", "ok")


CHANNELS = Table(
    name="channels",
    label="Channels",
    order="line",
    bar=("q", "which"),
    columns=(
        Column("point", "Metering point", template="integration/cells/point.html", sort="point", fixed=True),
        Column("quantity", "Quantity", accessor="name", template="integration/cells/quantity.html",
               export=lambda row: row.obis),
        Column("rhythm", "Rhythm", accessor=rhythm, hidden=True),
        Column("period", "Period", template="integration/cells/period.html", accessor=period),
        Column("first", "From", accessor="first_at", hidden=True),
        Column("last", "To", accessor=end_of, hidden=True),
        count_column("values", "Values"),
        Column("total", "Sum", accessor=total, align="end", export=lambda row: row.total),
        Column("series", "Goes to", accessor=destination, template="integration/cells/series.html",
               export=lambda row: destination(row).label),
        count_column("refused", "Not taken"),
        count_column("line", "Line", sort="line", hidden=True),
        Column("source", "Meter", accessor="source", hidden=True),
    ),
)  # fmt: skip
