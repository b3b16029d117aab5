"""Scalers of the meter against exponents of the series: integers stay exact, or are refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from django.db import connection

from headend.storing.outcome import Remark
from headend.storing.points import Points
from metering.models import Series
from metering.services.series import SeriesSpec
from metering.store import VALUE_LIMIT

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


def settle_exponents(scalers: Mapping[SeriesSpec, int], series: Mapping[SeriesSpec, Series]) -> None:
    """A series promised at installation takes the scaler the meter turns out to use, while it holds no values.

    The consumption series it feeds follows under the same condition; one that holds values keeps what they are in.
    """
    finer = {spec: scaler for spec, scaler in scalers.items() if scaler < series[spec].exponent}
    if not finer:
        return
    rows = {spec: series[spec] for spec in finer}
    empty = _without_values([pk for row in rows.values() for pk in (row.pk, row.feeds_id) if pk is not None])
    for spec, row in rows.items():
        settled = [pk for pk in (row.pk, row.feeds_id) if pk in empty]
        Series.objects.filter(pk__in=settled).update(exponent=finer[spec])
        if row.pk in empty:
            row.exponent = finer[spec]


def _without_values(series_ids: Sequence[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM unnest(%s::bigint[]) AS wanted(id)
            WHERE NOT EXISTS (SELECT 1 FROM series_day WHERE series_id = wanted.id)
              AND NOT EXISTS (SELECT 1 FROM register_value WHERE series_id = wanted.id)
            """,
            [list(series_ids)],
        )
        return {row[0] for row in cursor.fetchall()}
