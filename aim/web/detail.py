"""The 360° page of one object: identity strip and tabs, each tab with its own URL.

class DevicePage(DetailPage):
    permission_required = "devices.view_device"
    model = Device
    tabs = (
        Tab("", "Overview", "devices/tabs/overview.html", context=overview),
        Tab("events", "Events", "devices/tabs/events.html", count=lambda device: device.event_count),
    )

path("<int:pk>/", DevicePage.as_view(), name="detail"),
path("<int:pk>/<slug:tab>/", DevicePage.as_view(), name="detail"),
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from aim.web.access import PermissionGate, VisibleMixin, may
from aim.web.links import Action, Crumb


@dataclass(frozen=True)
class Tab:
    """One tab; the slug of the first is "". `count` and `context` get the object; shown with `permission` only."""

    slug: str
    label: str
    template: str
    count: Callable[[Any], int | None] | None = None
    context: Callable[[HttpRequest, Any], dict[str, Any]] | None = None
    permission: str = ""


@dataclass(frozen=True)
class TabLink:
    label: str
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Fact:
    """A labelled value of the identity strip or of a definition list; `value` is drawn as in a cell."""

    label: str
    value: object


class DetailPage(PermissionGate, VisibleMixin):
    """One object through the one door, or 404; a tab that does not exist or is not permitted is a 404 too."""

    tabs: ClassVar[tuple[Tab, ...]]
    lookup: ClassVar[str] = "pk"
    template_name: ClassVar[str] = "web/detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(self.get_zone()):
            return render(request, self.template_name, self.get_context_data())

    @cached_property
    def object(self) -> Any:
        return self.get_visible_or_404(**{self.lookup: self.kwargs[self.lookup]})

    @cached_property
    def tab(self) -> Tab:
        slug = self.kwargs.get("tab", "")
        for tab in self.tabs:
            if tab.slug == slug and may(self.request, tab.permission):
                return tab
        raise Http404(f"There is no tab {slug!r}.")

    def get_context_data(self) -> dict[str, Any]:
        """Template context: `object`, the header parts, and what the current tab adds."""
        tab = self.tab
        context = {
            "object": self.object,
            "title": self.get_title(),
            "crumbs": self.get_crumbs(),
            "strip": self.get_strip(),
            "page_actions": [action for action in self.get_page_actions() if may(self.request, action.permission)],
            "tab": tab,
            "tab_links": self.get_tab_links(),
        }
        return context | (tab.context(self.request, self.object) if tab.context else {})

    def get_zone(self) -> tzinfo:
        """The zone times are written in: that of the person, unless the object has one of its own."""
        return timezone.get_current_timezone()

    def get_title(self) -> str:
        return str(self.object)

    def get_crumbs(self) -> list[Crumb]:
        return []

    def get_strip(self) -> list[Fact]:
        """The identity strip: what one must see whichever tab is open (state, last contact, firmware)."""
        return []

    def get_page_actions(self) -> list[Action]:
        return []

    def get_tab_links(self) -> list[TabLink]:
        permitted = (tab for tab in self.tabs if may(self.request, tab.permission))
        return [self._link(tab) for tab in permitted]

    def tab_url(self, slug: str) -> str:
        """The URL of the tab `slug` of this object."""
        match = self.request.resolver_match
        kwargs = {self.lookup: self.kwargs[self.lookup]} | ({"tab": slug} if slug else {})
        return reverse(match.view_name if match else "", kwargs=kwargs)

    def _link(self, tab: Tab) -> TabLink:
        count = tab.count(self.object) if tab.count else None
        return TabLink(tab.label, self.tab_url(tab.slug), tab == self.tab, count)
