"""Scalers of the meter against exponents of the series: integers stay exact, or are refused."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from headend.storing.outcome import Remark
from headend.storing.points import Points
from metering.services.known_series import SeriesRow, known_series
from metering.services.series import SeriesSpec
from metering.store import VALUE_LIMIT, Origin, RefineError, hold_exponents, refine

logger = logging.getLogger(__name__)

_LARGEST_STEP = 15
"""10^15 fits under `VALUE_LIMIT`; after a larger step only zeros are left."""


def finest(found: Iterable[Points]) -> dict[SeriesSpec, int]:
    """The smallest scaler each series is read with: in it everything is exact."""
    scalers: dict[SeriesSpec, int] = {}
    for each in found:
        scalers[each.spec] = min(each.scaler, scalers.get(each.spec, each.scaler))
    return scalers


def fitted(each: Points, exponent: int) -> tuple[Points, list[Remark]]:
    """The points in units of 10^`exponent` without those it cannot hold, and what is to be said of these.

    A column with a finer scaler would lose digits and is refused as a whole; too large values one by one.
    """
    step = each.scaler - exponent
    if step < 0:
        words = f"values of {each.spec.obis} refused, scaler {each.scaler} but 10^{exponent} in their series"
        return each.where(np.zeros(each.at.shape, np.bool_)), [Remark(each.item_id, each.at.size, words)]
    limit = (VALUE_LIMIT - 1) // 10**step
    fits = (each.values >= -limit) & (each.values <= limit)
    kept = each if fits.all() else each.where(fits)
    kept = replace(kept, scaler=exponent, values=kept.values * 10 ** min(step, _LARGEST_STEP)) if step else kept
    too_large = each.at.size - kept.at.size
    return kept, [Remark(each.item_id, too_large, f"values of {each.spec.obis} too large")] if too_large else []


@dataclass(frozen=True, slots=True)
class Held:
    """A series that is locked until the end of the transaction, and the exponent it has until then."""

    pk: int
    exponent: int


def hold_series(scalers: Mapping[SeriesSpec, int]) -> dict[SeriesSpec, Held]:
    """The series of these specs, made where missing, locked with the consumption they feed, and fine enough.

    They become as fine as the scalers their meter turns out to use, and the consumption they feed with them. One that
    cannot be made finer keeps its exponent, and what does not fit it is refused where it is stored.
    """
    rows = known_series.ensure(scalers, dict(scalers))
    ids = [row.pk for row in rows.values()]
    exponents = hold_exponents(ids)
    coarse = [spec for spec, row in rows.items() if scalers[spec] < _coarsest(row, exponents)]
    for spec in coarse:
        _refine(rows[spec].pk, scalers[spec])
    if coarse:
        exponents = hold_exponents(ids)
    return {spec: Held(row.pk, exponents[row.pk]) for spec, row in rows.items()}


def _coarsest(row: SeriesRow, exponents: Mapping[int, int]) -> int:
    return max(exponents[pk] for pk in (row.pk, row.feeds_id) if pk is not None)


def _refine(series_id: int, scaler: int) -> None:
    try:
        refine([series_id], scaler, origin=Origin(rule="finer scaler of the meter"))
    except RefineError as error:
        logger.warning("%s", error)
