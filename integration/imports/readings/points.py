"""Which metering point a number in a file means: a GSRN, or a number somebody else gave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from access.querysets import ScopedQuerySet
from integration.models import ExternalId, FileImport
from metering.models import MeteringPoint

AT_ONCE = 10_000


def points_named(row: FileImport, scheme: str, numbers: Iterable[str]) -> dict[str, int]:
    """Metering point by number, of the utility of the import and open to who gave the file.

    A number is a GSRN first, then a number of `scheme`, then an own number of the utility.
    """
    wanted = list(dict.fromkeys(numbers))
    found: dict[str, int] = {}
    for part in _parts(wanted):
        found |= _external(row, scheme, part)
        points = _open(row).filter(gsrn__in=[number for number in part if number.isdigit()])
        found |= dict(points.values_list("gsrn", "pk"))
    return found


def _external(row: FileImport, scheme: str, numbers: Sequence[str]) -> dict[str, int]:
    known = ExternalId.objects.filter(utility=row.utility, value__in=numbers, metering_point__in=_open(row))
    found = dict(known.filter(scheme=ExternalId.Scheme.OWN).values_list("value", "metering_point"))
    if scheme != ExternalId.Scheme.OWN:
        found |= dict(known.filter(scheme=scheme).values_list("value", "metering_point"))
    return found


def _open(row: FileImport) -> ScopedQuerySet[MeteringPoint]:
    rows: ScopedQuerySet[MeteringPoint] = MeteringPoint.objects.filter(utility=row.utility)
    return rows if row.created_by is None else rows.visible_to(row.created_by)


def _parts(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    return (numbers[first : first + AT_ONCE] for first in range(0, len(numbers), AT_ONCE))
