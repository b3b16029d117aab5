"""What apps add to the pages of an object that lives below them in the house: tabs, cards, facts, columns, actions.

    extensions: Extensions[Device] = Extensions()          # devices/panels.py
    extensions.add_tab(Tab("events", "Events", …), rank=20)  # events/apps.py, in `AppConfig.ready`

The app of the object asks for what was added when its addresses are built and when a page is drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from aim.web.access import may
from aim.web.bulk import BulkAction
from aim.web.detail import Fact, Tab
from aim.web.tables import Column

Row = TypeVar("Row")


@dataclass(frozen=True)
class Panel(Generic[Row]):
    """A card on the Overview tab.

    `context` gives what `template` needs besides `object`; None leaves the card out. `label` is the heading. `rank`
    orders the cards, lowest first; `side` puts the card into the narrow column. `url` leads from the heading to more.
    """

    name: str
    label: str
    template: str
    context: Callable[[HttpRequest, Row], dict[str, Any] | None]
    permission: str = ""
    rank: int = 50
    side: bool = False
    url: Callable[[Row], str] | None = None


@dataclass(frozen=True)
class Card:
    """A panel, drawn."""

    name: str
    label: str
    html: SafeString
    side: bool
    url: str


class Extensions(Generic[Row]):
    """The registry of one kind of object."""

    def __init__(self) -> None:
        self._tabs: dict[str, tuple[int, Tab]] = {}
        self._panels: dict[str, Panel[Row]] = {}
        self._facts: list[tuple[int, Callable[[HttpRequest, Row], Sequence[Fact]]]] = []
        self._columns: dict[str, Column] = {}
        self._actions: dict[str, BulkAction] = {}

    def add_tab(self, tab: Tab, *, rank: int) -> None:
        """Add a tab; lower ranks come first."""
        self._tabs[tab.slug] = (rank, tab)

    def add_panel(self, panel: Panel[Row]) -> None:
        """Add a card to the Overview tab."""
        self._panels[panel.name] = panel

    def add_facts(self, facts: Callable[[HttpRequest, Row], Sequence[Fact]], *, rank: int = 50) -> None:
        """Add to the identity strip, which stays in sight on every tab; lower ranks come first."""
        self._facts.append((rank, facts))

    def add_columns(self, *columns: Column) -> None:
        """Add columns to the list; what they show must come with the rows of that list."""
        self._columns.update({column.name: column for column in columns})

    def add_action(self, action: BulkAction) -> None:
        """Add a bulk action to the list."""
        self._actions[action.name] = action

    def tabs(self, own: Sequence[tuple[int, Tab]]) -> tuple[Tab, ...]:
        """The page's own tabs together with the added ones, by rank."""
        return tuple(tab for _rank, tab in sorted((*own, *self._tabs.values()), key=lambda item: item[0]))

    def facts(self, request: HttpRequest, row: Row) -> list[Fact]:
        ranked = sorted(self._facts, key=lambda item: item[0])
        return [fact for _rank, facts in ranked for fact in facts(request, row)]

    def columns(self) -> tuple[Column, ...]:
        return tuple(self._columns.values())

    def actions(self) -> tuple[BulkAction, ...]:
        return tuple(self._actions.values())

    def cards(self, request: HttpRequest, row: Row) -> list[Card]:
        """The added cards the request's user may see and that have something to show, by rank."""
        drawn = []
        for panel in sorted(self._panels.values(), key=lambda panel: panel.rank):
            context = panel.context(request, row) if may(request, panel.permission) else None
            if context is not None:
                html = render_to_string(panel.template, {"object": row, **context}, request)
                drawn.append(Card(panel.name, panel.label, html, panel.side, panel.url(row) if panel.url else ""))
        return drawn
