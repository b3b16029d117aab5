"""Which series are chosen, whether the user may see them, and how they are told apart on one page."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from django.http import Http404

from access.models import User
from metering.models import MeteringPoint, Series

MOST_SERIES = 6

Describe: TypeAlias = Callable[[Series], str]


def parse_ids(text: str) -> list[int]:
    """Ids of `?series=1,2`, each once; Http404 for what is not a list of numbers."""
    parts = [part for part in text.split(",") if part]
    if not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
        raise Http404("Series are named by their numbers: ?series=1,2.")
    return list(dict.fromkeys(int(part) for part in parts))


def chosen(user: User, ids: Sequence[int]) -> list[Series]:
    """The series in the order of `ids`, at most `MOST_SERIES`; Http404 when the user may not see one of them."""
    asked = list(ids)[:MOST_SERIES]
    rows = Series.objects.visible_to(user).filter(pk__in=asked)
    found = {row.pk: row for row in rows.select_related("measured_property", "metering_point__utility")}
    if len(found) != len(asked):
        raise Http404("A series does not exist or lies outside what is opened to you.")
    return [found[pk] for pk in asked]


def of_point(point: MeteringPoint) -> list[Series]:
    """All series of a metering point the caller got through the one door, the most asked for first."""
    rows = Series.objects.filter(metering_point=point).select_related("measured_property", "metering_point__utility")
    return list(rows)


def main_series(series: Iterable[Series]) -> list[Series]:
    """What one wants to see first: the interval consumption, else any profile, else whatever there is (at most two)."""
    rows = list(series)
    profiles = [row for row in rows if row.is_profile]
    consumption = [row for row in profiles if row.kind == Series.Kind.CONSUMPTION]
    return (consumption or profiles or rows)[:2]


def labels(series: Sequence[Series]) -> list[str]:
    """A name for each, as short as they can be told apart: with rhythm, source and metering point only where needed."""
    several = len({row.metering_point_id for row in series}) > 1
    names = [row.measured_property.name for row in series]
    describe: tuple[Describe, ...] = (lambda row: row.rhythm, lambda row: row.get_kind_display().lower(), _source)
    for more in describe:
        names = _told_apart(series, names, more, several)
    return [f"{row.metering_point.gsrn}: {name}" if several else name for row, name in zip(series, names, strict=True)]


def _told_apart(series: Sequence[Series], names: list[str], more: Describe, several: bool) -> list[str]:
    keys = [(row.metering_point_id if several else 0, name) for row, name in zip(series, names, strict=True)]
    seen = Counter(keys)
    rows = zip(series, names, keys, strict=True)
    return [f"{name}, {more(row)}" if seen[key] > 1 and more(row) else name for row, name, key in rows]


def _source(row: Series) -> str:
    return row.source
