"""Where the channels of a portion go: their metering points and series, as columns beside the channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from integration.formats.portion import Channel
from integration.imports.readings.channels import MOST_EXPONENT, clashing, key_of
from integration.imports.readings.points import points_named
from integration.imports.registry import Format
from integration.models import FileImport, ImportChannel
from metering.intervals import slots_per_day
from metering.models import Series
from metering.services.series import SeriesSpec
from protocols.dlms.obis import Obis
from protocols.errors import LocalProtocolError

NOWHERE = 0


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Where k channels go, all (k,).

    rows       ids of their `ImportChannel`, 0 for channels not met before
    points     ids of metering points, 0 where none is known by the number
    series     ids of series, 0 where there is none yet
    exponents  of the series; of the channel where there is none yet
    refusals   why nothing of a channel is taken; empty for those that are taken
    clashes    channels that would go where another one of the file goes: refused, and without a row of their own
    """

    keys: tuple[UUID, ...]
    rows: NDArray[np.int64]
    points: NDArray[np.int64]
    series: NDArray[np.int64]
    exponents: NDArray[np.int64]
    refusals: tuple[str, ...]
    clashes: frozenset[int] = frozenset()

    @property
    def taken(self) -> NDArray[np.bool_]:
        """bool (k,): channels whose values are taken."""
        return np.array([not refusal for refusal in self.refusals], np.bool_)

    def with_series(self, series: NDArray[np.int64], exponents: NDArray[np.int64]) -> Targets:
        """The same channels with other series and exponents."""
        return replace(self, series=series, exponents=exponents)


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier portion settled about a channel."""

    row: int
    point: int
    refusal: str
    name: str


def find_targets(row: FileImport, form: Format, channels: Sequence[Channel]) -> Targets:
    """Resolve channels: those met in an earlier portion as they were resolved then, the others now. Five queries."""
    keys = tuple(key_of(channel) for channel in channels)
    known = _known(row, keys)
    numbers = points_named(
        row, form.scheme, (c.point for key, c in zip(keys, channels, strict=True) if key not in known)
    )
    met = [
        known.get(key) or Known(0, numbers.get(c.point, NOWHERE), "", "") for key, c in zip(keys, channels, strict=True)
    ]
    clashes = clashing(channels, keys, {key: found.name for key, found in known.items()})
    refusals = tuple(
        clashes.get(index) or found.refusal or refusal_of(channel, found.point != NOWHERE)
        for index, (found, channel) in enumerate(zip(met, channels, strict=True))
    )
    series, exponents = _series(channels, met, refusals)
    rows, points = (np.array([getattr(each, name) for each in met], np.int64) for name in ("row", "point"))
    return Targets(keys, rows, points, series, exponents, refusals, frozenset(clashes))


def _known(row: FileImport, keys: Sequence[UUID]) -> dict[UUID, Known]:
    rows = ImportChannel.objects.filter(file_import=row, key__in=keys)
    columns = rows.values_list("key", "pk", "metering_point", "refusal", "name")
    return {key: Known(pk, point or NOWHERE, refusal, name) for key, pk, point, refusal, name in columns}


def _series(
    channels: Sequence[Channel], met: Sequence[Known], refusals: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ids of the series there are, and exponents, of the channels that are taken."""
    series = np.full(len(channels), NOWHERE, np.int64)
    exponents = np.array([channel.exponent for channel in channels], np.int64)
    taken = [index for index, refusal in enumerate(refusals) if not refusal]
    found = find_series([spec_of(channels[index], met[index].point) for index in taken])
    for index, match in zip(taken, found, strict=True):
        if match is not None:
            series[index], exponents[index] = match
    return series, exponents


def refusal_of(channel: Channel, known: bool) -> str:
    """Why nothing of this channel can be taken; empty when it can. `known`: its metering point is."""
    if _parsed(channel.obis) is None:
        return f"{channel.obis!r} is no OBIS code"
    if channel.interval_s and not _divides_the_day(channel.interval_s):
        return f"intervals of {channel.interval_s} s do not divide a day into whole minutes"
    if not -MOST_EXPONENT <= channel.exponent <= MOST_EXPONENT:
        return f"values in units of 10^{channel.exponent} {channel.unit} are beyond what series hold"
    return "" if known else "no metering point open to you has this number"


def spec_of(channel: Channel, point_id: int) -> SeriesSpec:
    """The series a channel goes to. Values at their own instants go to the on-demand series."""
    interval = channel.interval_s > 0
    obis = _parsed(channel.obis)
    if obis is None:
        raise ValueError(f"{channel.obis} is no OBIS code")
    return SeriesSpec(
        point_id,
        obis,
        channel.unit,
        Series.Kind(channel.kind.value),
        Series.Periodicity.INTERVAL if interval else Series.Periodicity.ON_DEMAND,
        channel.interval_s,
        channel.source,
    )


@lru_cache(maxsize=1024)
def _parsed(code: str) -> Obis | None:
    try:
        return Obis.parse(code)
    except LocalProtocolError:
        return None


@lru_cache(maxsize=256)
def _divides_the_day(interval_s: int) -> bool:
    try:
        return slots_per_day(interval_s) > 0
    except ValueError:
        return False


_FIND = """
SELECT k.n - 1, s.id, s.exponent
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::integer[], %s::text[])
    WITH ORDINALITY AS k (point, obis, unit, kind, periodicity, interval_s, source, n)
JOIN metering_measuredproperty p ON p.obis = k.obis AND p.unit = k.unit
JOIN metering_series s ON s.metering_point_id = k.point AND s.measured_property_id = p.id AND s.kind = k.kind
    AND s.periodicity = k.periodicity AND s.interval_s = k.interval_s AND s.source = k.source
"""


def find_series(specs: Sequence[SeriesSpec]) -> list[tuple[int, int] | None]:
    """Id and exponent of the series of each spec, None where there is none. One query."""
    found: list[tuple[int, int] | None] = [None] * len(specs)
    if not specs:
        return found
    columns: list[list[Any]] = [
        [spec.metering_point_id for spec in specs],
        [str(spec.obis) for spec in specs],
        [spec.unit for spec in specs],
        [str(spec.kind) for spec in specs],
        [str(spec.periodicity) for spec in specs],
        [spec.interval_s for spec in specs],
        [spec.source for spec in specs],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FIND, columns)
        for index, series, exponent in cursor.fetchall():
            found[index] = (series, exponent)
    return found
