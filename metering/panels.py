"""What the apps above metering add to the screens of metering points. They register it in `AppConfig.ready`:

    panels.register_tab(Tab("events", "Events", "events/tabs/of_point.html", context=events_of), rank=20)
    panels.register_panel(panels.Panel("device", "Device", "devices/panels/device.html", device_of, rank=10, side=True))
    panels.register_facts(device_facts)
    panels.register_columns(panels.PointColumns((Column("meter", "Meter", accessor="meter"),), with_meter))
    panels.register_text_search(points_of_serial)
    panels.register_action(BulkAction("export", "Export values", …))  # on the list of metering points
    panels.register_selection_action(panels.SelectionAction("export", "Export", permission, address_of))  # Data Browser

Overview has rank 0, Values 10, Contracts 40, Changes 90. Global search has its own registry:
`aim.web.search.register(Provider(...))`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import QuerySet
from django.http import HttpRequest

from aim.web.access import may
from aim.web.extensions import Extensions, Panel
from aim.web.links import Action
from aim.web.tables import Column
from metering.models import MeteringPoint, Series

__all__ = ["Panel", "PointColumns", "SelectionAction", "extensions"]

TextSearch: TypeAlias = Callable[[str], QuerySet[Any, Any]]


@dataclass(frozen=True)
class PointColumns:
    """Columns of the metering point list, and what their rows need: joins, prefetches and annotations."""

    columns: tuple[Column, ...]
    prepare: Callable[[QuerySet[MeteringPoint]], QuerySet[MeteringPoint]]


@dataclass(frozen=True)
class SelectionAction:
    """Something to do with the series the Data Browser shows, over the period it shows.

    `url(series, start, end)` leads to where it is done; `start`, `end` are aware, the end excluded. It is offered to
    users with `permission` ("app.action_model").
    """

    name: str
    label: str
    permission: str
    url: Callable[[Sequence[Series], datetime, datetime], str]
    icon: str = ""


extensions: Extensions[MeteringPoint] = Extensions()
register_tab = extensions.add_tab
register_panel = extensions.add_panel
register_facts = extensions.add_facts
register_action = extensions.add_action

_preparations: list[Callable[[QuerySet[MeteringPoint]], QuerySet[MeteringPoint]]] = []
_text_searches: list[TextSearch] = []
_selection_actions: dict[str, SelectionAction] = {}


def register_columns(added: PointColumns) -> None:
    extensions.add_columns(*added.columns)
    _preparations.append(added.prepare)


def register_text_search(search: TextSearch) -> None:
    """Let the list's search field find points by something else too.

    `search(text)` is a queryset of one column, the ids of the metering points found:
    `Installation.objects.filter(device__serial_number__istartswith=text).values("metering_point")`.
    """
    _text_searches.append(search)


def prepared(rows: QuerySet[MeteringPoint]) -> QuerySet[MeteringPoint]:
    """`rows` with everything the registered columns need."""
    for prepare in _preparations:
        rows = prepare(rows)
    return rows


def found_by_text(text: str) -> list[QuerySet[Any, Any]]:
    """The ids of metering points that the registered searches find."""
    return [search(text) for search in _text_searches]


def register_selection_action(action: SelectionAction) -> None:
    """Offer `action` in the Data Browser and on the Values tab of a metering point."""
    _selection_actions[action.name] = action


def selection_actions(request: HttpRequest, series: Sequence[Series], start: datetime, end: datetime) -> list[Action]:
    """The links of the registered actions the user may take with these series."""
    offered = [action for action in _selection_actions.values() if series and may(request, action.permission)]
    return [Action(action.label, action.url(series, start, end), action.icon) for action in offered]
