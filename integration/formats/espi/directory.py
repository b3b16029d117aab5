"""Who belongs to whom: usage points, meter readings, reading types and summaries of a file, collected in a first pass.

Entries come in any order, and a reading type may follow the values it explains. They are tied together by links: the
`up` of an interval block is among the `related` links of its meter reading, whose reading type is another `related`
link and whose `up` is among the `related` links of its usage point. Files that are less careful name the resource
itself, or only have one of a kind; that is understood too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import unquote

from integration.formats.espi.element import Element
from integration.formats.espi.limits import ENTRIES, HREF
from integration.formats.espi.measures import Measured, measured, with_service
from integration.formats.espi.names import (
    CUSTOMER_SPACE,
    LINK,
    LOCAL_TIME,
    METER_READING,
    READING_TYPE,
    SUMMARIES,
    USAGE_POINT,
    espi,
)
from integration.formats.espi.reading_type import ReadingType
from integration.formats.espi.resources import LocalTime, Summary, local_time, number, reading_type, summary
from integration.formats.espi.skeleton import resources

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Links:
    """The links of an entry, without slashes at the end."""

    own: str
    up: str
    related: tuple[str, ...]

    @property
    def owners(self) -> tuple[str, ...]:
        """What may name the resource this one belongs to, the best first."""
        return self.up, _parent(self.up), _parent(_parent(self.own))


@dataclass(frozen=True, slots=True)
class Point:
    """A usage point: the last segment of its own link, its identification, and the kind of service."""

    segment: str
    uuid: str
    service: int


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter reading in the sense of ESPI: values of one reading type at one usage point."""

    point: str
    reading_type: ReadingType
    measured: Measured


@dataclass(slots=True)
class Directory:
    """Everything of a file but its values."""

    times: list[LocalTime] = field(default_factory=list)
    summaries: list[tuple[Links, Summary]] = field(default_factory=list)
    customers: int = 0
    overflow: bool = False
    _points: dict[str, Point] = field(default_factory=dict)
    _types: dict[str, ReadingType] = field(default_factory=dict)
    _meters: dict[str, Links] = field(default_factory=dict)
    _known_points: set[Point] = field(default_factory=set)
    _known_meters: dict[Links, None] = field(default_factory=dict)
    _shared: dict[ReadingType, ReadingType] = field(default_factory=dict)
    _segments: Counter[str] = field(default_factory=Counter)
    _found: dict[Links, Meter | str] = field(default_factory=dict)
    _taken: dict[tuple[str, Measured, int], str] = field(default_factory=dict)

    def add(self, entry: Element) -> None:
        """Take up what an entry says, unless it is about values."""
        for resource in resources(entry):
            if len(self._points) + len(self._types) + len(self._meters) + len(self.summaries) >= ENTRIES:
                self.overflow = True
            elif resource.tag == USAGE_POINT:
                self._add_point(entry, resource)
            elif resource.tag == METER_READING:
                self._add_meter(links_of(entry))
            elif resource.tag == READING_TYPE:
                kind = reading_type(resource)
                self._types[links_of(entry).own or f"#{len(self._types)}"] = self._shared.setdefault(kind, kind)
            elif resource.tag in SUMMARIES:
                self.summaries += [(links_of(entry), found) for found in summary(resource)]
            elif resource.tag in LOCAL_TIME:
                self.times.append(local_time(resource))
            elif str(resource.tag).startswith("{" + CUSTOMER_SPACE):
                self.customers += 1

    def _add_point(self, entry: Element, resource: Element) -> None:
        links = links_of(entry)
        kind = number(resource.findtext(f"{espi('ServiceCategory')}/{espi('kind')}"))
        uuid = (entry.findtext("{*}id") or "")[:HREF].strip().removeprefix("urn:uuid:")
        point = Point(unquote(links.own.rpartition("/")[2]), uuid, kind if kind is not None else -1)
        if point not in self._known_points:
            self._known_points.add(point)
            self._segments[point.segment] += 1
        for href in (links.own, *links.related):
            self._points.setdefault(href, point)

    def _add_meter(self, links: Links) -> None:
        self._known_meters[links] = None
        for href in (links.own, *links.related):
            self._meters.setdefault(href, links)

    def meter(self, block: Links) -> Meter | str:
        """The meter reading an interval block belongs to, or why there is none."""
        links = _owner(self._meters, block) or _only(self._known_meters)
        if links is None:
            return "the interval block belongs to no meter reading of this file"
        if links not in self._found:
            self._found[links] = self._meter(links)
        return self._found[links]

    def _meter(self, links: Links) -> Meter | str:
        point = self.point(links)
        if point is None:
            return "the meter reading belongs to no usage point of this file"
        kind = next((self._types[href] for href in links.related if href in self._types), None)
        kind = kind or _only(self._shared)
        if kind is None:
            return "the meter reading has no reading type in this file"
        kind = with_service(kind, point.service)
        what = measured(kind)
        if isinstance(what, str):
            return f"reading type {kind.name}: {what}"
        name = self.name(point)
        first = self._taken.setdefault((name, what, kind.interval_s), kind.name)
        if first != kind.name:
            return f"reading type {kind.name} is the same quantity of the usage point as {first}"
        return Meter(name, kind, what)

    def point(self, links: Links) -> Point | None:
        """The usage point a meter reading or summary belongs to."""
        return _owner(self._points, links) or _only(self._known_points)

    def name(self, point: Point) -> str:
        """What the metering point is called: the last segment of its link or, where that is not unique, its uuid."""
        return point.segment if point.segment and self._segments[point.segment] == 1 else point.uuid


def links_of(entry: Element) -> Links:
    """The links of an entry by their relation."""
    found: dict[str, list[str]] = {}
    for link in entry.iterchildren(LINK):
        href = (link.get("href") or "").strip().rstrip("/")
        if href and len(href) <= HREF:
            found.setdefault(link.get("rel") or "", []).append(href)
    own, up = (found.get(rel, [""])[0] for rel in ("self", "up"))
    return Links(own, up, tuple(found.get("related", [])))


def _owner(names: Mapping[str, T], links: Links) -> T | None:
    return next((names[href] for href in links.owners if href in names), None)


def _only(known: Collection[T]) -> T | None:
    """The only one of its kind in a file, which then needs no link."""
    return next(iter(known)) if len(known) == 1 else None


def _parent(href: str) -> str:
    return href.rpartition("/")[0]
