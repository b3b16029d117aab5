"""The side navigation: a typed registry. Every app registers its entries in `AppConfig.ready`.

navigation.register(Entry("Devices", "devices:list", icon="device", section="Network", order=20,
                          permission="devices.view_device", shortcut="d"))
"""

from dataclasses import dataclass
from itertools import groupby

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.http import HttpRequest
from django.urls import reverse

SECTIONS = ("", "Network", "Operation", "Files", "Administration")


@dataclass(frozen=True)
class Entry:
    """One line of the navigation.

    `permission`: shown only to users who have it ("app.action_model"); empty: to everyone signed in.
    `shortcut`: the key after `g` that opens it. `order`: position inside the section.
    `count_name`: name of the URL of a fragment that says how many wait there; it is asked for again and again.
    """

    label: str
    url_name: str
    icon: str
    section: str = ""
    order: int = 50
    permission: str = ""
    shortcut: str = ""
    count_name: str = ""


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    icon: str
    shortcut: str
    current: bool
    count_url: str = ""


@dataclass(frozen=True)
class Section:
    label: str
    entries: tuple[Link, ...]


_entries: dict[str, Entry] = {}


def register(*entries: Entry) -> None:
    """Add entries. Raises `ValueError` for an unknown section or a shortcut another entry has."""
    for entry in entries:
        if entry.section not in SECTIONS:
            raise ValueError(f"Navigation section {entry.section!r} is not one of {SECTIONS}.")
        taken = {e.shortcut: e.label for e in _entries.values() if e.shortcut and e.url_name != entry.url_name}
        if entry.shortcut in taken:
            raise ValueError(f"Shortcut {entry.shortcut!r} of {entry.label!r} belongs to {taken[entry.shortcut]!r}.")
        _entries[entry.url_name] = entry


def sections_for(request: HttpRequest) -> list[Section]:
    """The sections and entries the request's user may open, with the current page marked."""
    user = getattr(request, "user", AnonymousUser())
    if not user.is_authenticated:
        return []
    visible = sorted((e for e in _entries.values() if _may(user, e)), key=_position)
    links = [(entry.section, entry, reverse(entry.url_name)) for entry in visible]
    current = _current(request.path, [url for _, _, url in links])
    return [
        Section(label, tuple(_link(e, url, current) for _, e, url in group))
        for label, group in groupby(links, key=lambda item: item[0])
    ]


def _link(entry: Entry, url: str, current: str) -> Link:
    count_url = reverse(entry.count_name) if entry.count_name else ""
    return Link(entry.label, url, entry.icon, entry.shortcut, url == current, count_url)


def _may(user: AbstractBaseUser | AnonymousUser, entry: Entry) -> bool:
    return not entry.permission or (isinstance(user, PermissionsMixin) and user.has_perm(entry.permission))


def _position(entry: Entry) -> tuple[int, int, str]:
    return SECTIONS.index(entry.section), entry.order, entry.label


def _current(path: str, urls: list[str]) -> str:
    """The longest URL the path lies under, so that a device's page marks "Devices" and not "/"."""
    under = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(under, key=len, default="")
