"""What the apps above metering add to the screens of metering points. They register it in `AppConfig.ready`:

    panels.register_tab(Tab("events", "Events", "events/tabs/of_point.html", context=events_of), rank=20)
    panels.register_panel(Panel("device", "Device", "devices/panels/device.html", device_of, rank=10, side=True))
    panels.register_facts(device_facts)
    panels.register_columns(PointColumns((Column("meter", "Meter", accessor="meter"),), with_meter))
    panels.register_text_search(points_of_serial)

Global search has its own registry: `aim.web.search.register(Provider(...))`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import QuerySet
from django.http import HttpRequest

from aim.web.access import may
from aim.web.detail import Fact, Tab
from aim.web.tables import Column
from metering.models import MeteringPoint

PanelContext: TypeAlias = Callable[[HttpRequest, MeteringPoint], dict[str, Any] | None]
Facts: TypeAlias = Callable[[HttpRequest, MeteringPoint], Sequence[Fact]]
TextSearch: TypeAlias = Callable[[str], QuerySet[Any, Any]]


@dataclass(frozen=True)
class Panel:
    """A card on the Overview tab.

    `context` gives what `template` needs besides `object` (the metering point); None leaves the card out. `label` is
    the card's heading and unique. `rank` orders the cards, lowest first; `side` puts the card into the narrow column.
    `url` (of the point) leads from the heading to more.
    """

    name: str
    label: str
    template: str
    context: PanelContext
    permission: str = ""
    rank: int = 50
    side: bool = False
    url: Callable[[MeteringPoint], str] | None = None


@dataclass(frozen=True)
class PointColumns:
    """Columns of the metering point list, and what their rows need: joins, prefetches and annotations."""

    columns: tuple[Column, ...]
    prepare: Callable[[QuerySet[MeteringPoint]], QuerySet[MeteringPoint]]


_tabs: dict[str, tuple[int, Tab]] = {}
_panels: dict[str, Panel] = {}
_facts: list[Facts] = []
_columns: list[PointColumns] = []
_text_searches: list[TextSearch] = []


def register_tab(tab: Tab, *, rank: int) -> None:
    """Add a tab to the page of a metering point; Overview has rank 0, Values 10, Contracts 40, Changes 90."""
    _tabs[tab.slug] = (rank, tab)


def register_panel(panel: Panel) -> None:
    _panels[panel.name] = panel


def register_facts(facts: Facts) -> None:
    """Add to the identity strip, which stays in sight on every tab: device and its state, last contact, clock."""
    _facts.append(facts)


def register_columns(columns: PointColumns) -> None:
    _columns.append(columns)


def register_text_search(search: TextSearch) -> None:
    """Let the list's search field find points by something else too.

    `search(text)` is a queryset of one column, the ids of the metering points found:
    `Installation.objects.filter(device__serial_number__istartswith=text).values("metering_point")`.
    """
    _text_searches.append(search)


def tabs(own: Sequence[tuple[int, Tab]]) -> tuple[Tab, ...]:
    """The page's own tabs together with the registered ones, by rank."""
    return tuple(tab for _rank, tab in sorted((*own, *_tabs.values()), key=lambda item: item[0]))


def panels_for(request: HttpRequest) -> list[Panel]:
    """The registered cards the request's user may see, by rank."""
    return sorted((p for p in _panels.values() if may(request, p.permission)), key=lambda panel: panel.rank)


def facts_for(request: HttpRequest, point: MeteringPoint) -> list[Fact]:
    return [fact for facts in _facts for fact in facts(request, point)]


def columns() -> tuple[Column, ...]:
    """The registered columns, in the order of registration."""
    return tuple(column for part in _columns for column in part.columns)


def prepared(rows: QuerySet[MeteringPoint]) -> QuerySet[MeteringPoint]:
    """`rows` with everything the registered columns need."""
    for part in _columns:
        rows = part.prepare(rows)
    return rows


def found_by_text(text: str) -> list[QuerySet[Any, Any]]:
    """The ids of metering points that the registered searches find."""
    return [search(text) for search in _text_searches]
