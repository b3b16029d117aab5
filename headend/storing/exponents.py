"""Scalers of the meter against exponents of the series: integers stay exact, or are refused."""

from collections.abc import Mapping, Sequence

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from headend.storing.points import Points
from metering.models import Series
from metering.services.series import SeriesSpec


def scaled(each: Points, exponent: int) -> NDArray[np.int64]:
    """Values in units of 10^exponent; ValueError when that would lose digits."""
    if each.scaler == exponent:
        return each.values
    if each.scaler < exponent:
        raise ValueError(
            f"{each.spec.obis} of {each.spec.source} comes with scaler {each.scaler}; its series keeps 10^{exponent}."
        )
    return each.values * np.int64(10 ** (each.scaler - exponent))


def settle_exponents(found: Sequence[Points], series: Mapping[SeriesSpec, Series]) -> None:
    """A series promised at installation takes the scaler the meter turns out to use, while it holds no values.

    The consumption series it feeds follows under the same condition; one that holds values keeps what they are in.
    """
    finer = {each.spec: each.scaler for each in found if each.scaler < series[each.spec].exponent}
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
