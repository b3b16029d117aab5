"""Series by what identifies them, remembered: who writes the same series every day need not look them up as objects."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple

from django.db import connection

from metering.models import Series
from metering.services.series import SeriesSpec, ensure_series

MOST = 200_000
_COLUMNS = (
    "pk", "metering_point_id", "measured_property_id", "kind", "periodicity", "interval_s", "source", "feeds_id",
)  # fmt: skip

_STANDING = """
SELECT id, metering_point_id, measured_property_id, kind, periodicity, interval_s, source, feeds_id
FROM metering_series WHERE id = ANY(%(ids)s)
"""


class SeriesRow(NamedTuple):
    """A series as its row says it, without what may change: exponent and digits."""

    pk: int
    metering_point_id: int
    measured_property_id: int
    kind: str
    periodicity: str
    interval_s: int
    source: str
    feeds_id: int | None


class KnownSeries:
    """What `ensure_series` found, the longest unused left out first. For any number of threads."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._rows: OrderedDict[SeriesSpec, SeriesRow] = OrderedDict()
        self._lock = Lock()

    def ensure(self, specs: Iterable[SeriesSpec], exponents: dict[SeriesSpec, int]) -> dict[SeriesSpec, SeriesRow]:
        """The series of every spec, made where missing: see `ensure_series`. One query where all are remembered.

        A remembered row is believed only where it still stands like this: a transaction that made it may have been
        undone, and a database can be put back to what it was.
        """
        wanted = list(dict.fromkeys(specs))
        with self._lock:
            kept = {spec: row for spec in wanted if (row := self._rows.get(spec)) is not None}
        found = _standing(kept)
        missing = [spec for spec in wanted if spec not in found]
        if missing:
            found |= {spec: _row(series) for spec, series in ensure_series(missing, exponents).items()}
        self._keep(found)
        return found

    def _keep(self, found: Mapping[SeriesSpec, SeriesRow]) -> None:
        with self._lock:
            for spec, row in found.items():
                self._rows[spec] = row
                self._rows.move_to_end(spec)
            while len(self._rows) > self._most:
                self._rows.popitem(last=False)


def _standing(kept: Mapping[SeriesSpec, SeriesRow]) -> dict[SeriesSpec, SeriesRow]:
    rows = _rows([row.pk for row in kept.values()]) if kept else {}
    return {spec: row for spec, row in kept.items() if rows.get(row.pk) == row}


def _rows(ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """The rows of these series as `SeriesRow` has them, by id: not as objects, because there are thousands."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"ids": list(ids)})
        return {row[0]: row for row in cursor.fetchall()}


def _row(series: Series) -> SeriesRow:
    """The row as the database gives it back, kind and periodicity as plain text."""
    columns = {name: getattr(series, name) for name in _COLUMNS}
    return SeriesRow(**columns | {"kind": str(series.kind), "periodicity": str(series.periodicity)})


known_series = KnownSeries()
"""That of the process."""
