"""The series of a portion, made where missing and locked, and its values in their exponents."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from integration.formats.portion import Portion
from integration.imports.holding import origin_of
from integration.imports.readings.exponents import refine_for
from integration.imports.readings.targets import NOWHERE, Targets, spec_of
from integration.imports.readings.values import fit
from integration.models import FileImport, ImportChannel
from metering.services.series import SeriesSpec, ensure_series
from metering.store.refine import hold_exponents


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A portion whose channels have their series: `values` int64 (m,) in their exponents."""

    targets: Targets
    values: NDArray[np.int64]


def place_portion(row: FileImport, portion: Portion, targets: Targets) -> Placed:
    """Make what series are missing, hold all of them until the end of the transaction, and refine what is too coarse.

    Channels whose series cannot become as fine as the file needs are refused in the answer.
    """
    targets = _made(row, portion, targets)
    if not (targets.series != NOWHERE).any():
        return Placed(targets, portion.values)
    targets = _with_exponents(targets)
    fitted = fit(portion, targets.exponents)
    if not fitted.inexact.any():
        return Placed(targets, fitted.values)
    refused = refine_for(portion, targets, fitted.inexact, origin_of(row))
    refusals = tuple(refused.get(index, refusal) for index, refusal in enumerate(targets.refusals))
    targets = replace(_with_exponents(targets), refusals=refusals)
    return Placed(targets, fit(portion, targets.exponents).values)


def _made(row: FileImport, portion: Portion, targets: Targets) -> Targets:
    """The targets with the series that were missing, in the exponent the whole file needs."""
    missing = np.flatnonzero(targets.taken & (targets.series == NOWHERE)).tolist()
    if not missing:
        return targets
    specs = {index: spec_of(portion.channels[index], int(targets.points[index])) for index in missing}
    finest = dict(ImportChannel.objects.filter(pk__in=targets.rows[missing].tolist()).values_list("pk", "exponent"))
    exponents = {
        spec: finest.get(int(targets.rows[index]), portion.channels[index].exponent) for index, spec in specs.items()
    }
    made = ensure_series(sorted(exponents, key=_order), exponents)
    series = targets.series.copy()
    series[missing] = [made[specs[index]].pk for index in missing]
    _remember(targets.rows[missing], series[missing])
    return replace(targets, series=series)


def _order(spec: SeriesSpec) -> tuple[object, ...]:
    """All imports make series in one order, so that two of them cannot wait for each other."""
    return (
        spec.metering_point_id,
        str(spec.obis),
        spec.unit,
        spec.kind,
        spec.periodicity,
        spec.interval_s,
        spec.source,
    )


def _remember(rows: NDArray[np.int64], series: NDArray[np.int64]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integration_importchannel c SET series_id = k.series "
            "FROM unnest(%s::bigint[], %s::bigint[]) AS k (id, series) WHERE c.id = k.id",
            [rows.tolist(), series.tolist()],
        )


def _with_exponents(targets: Targets) -> Targets:
    """The targets with the exponents their series have, now that nobody can change them."""
    held = hold_exponents(np.unique(targets.series[targets.series != NOWHERE]))
    exponents = [
        held[series] if series != NOWHERE else exponent
        for series, exponent in zip(targets.series.tolist(), targets.exponents.tolist(), strict=True)
    ]
    return replace(targets, exponents=np.array(exponents, np.int64))
