"""The list of corrections."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from aim.web.tables import Column, Table
from aim.web.tones import State
from validation.models import Correction
from validation.words import amount

_STATES = {
    Correction.State.OPEN: State("To be delivered", "warn"),
    Correction.State.DELIVERED: State("Delivered", "ok"),
    Correction.State.VOID: State("Back to what was delivered", "muted"),
}


def values_url(row: Correction) -> str:
    """The day in the Data Browser."""
    return f"{reverse('metering:values')}?{urlencode({'series': row.series_id, 'period': 'day', 'date': row.day})}"


def difference(row: Correction) -> str:
    """What came or went, with its sign; a day without any value counts as nothing."""
    amounts = (row.after or 0) - (row.before or 0)
    return f"{'+' if amounts > 0 else ''}{amount(row.series, amounts)}"


CORRECTIONS = Table(
    name="corrections",
    label="Corrections",
    order="-noted",
    bar=("q", "state"),
    columns=(
        Column("point", "Metering point", accessor="series.metering_point.gsrn",
               template="validation/cells/point.html", fixed=True),
        Column("series", "Series", accessor=lambda row: str(row.series)),
        Column("day", "Day", sort="day", template="validation/cells/correction_day.html"),
        Column("before", "Delivered", accessor=lambda row: amount(row.series, row.before), align="end"),
        Column("after", "Now", accessor=lambda row: amount(row.series, row.after), align="end"),
        Column("difference", "Difference", accessor=difference, align="end"),
        Column("values", "Values changed", sort="values", align="end"),
        Column("state", "State", accessor=lambda row: _STATES[Correction.State(row.state)], sort="state"),
        Column("cause", "Why"),
        Column("receiver", "Receiver", accessor="delivery.receiver"),
        Column("reference", "Delivered as", accessor="delivery.reference", hidden=True),
        Column("delivered", "Delivered at", accessor="delivery.delivered_at", hidden=True),
        Column("noted", "Noted", accessor="created_at", sort="created_at", hidden=True),
    ),
)  # fmt: skip
