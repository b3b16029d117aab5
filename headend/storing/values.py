"""Profile rows and registers into the value store."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from aim.action import action_id
from headend.storing.outcome import Outcome
from headend.storing.points import Points, points
from metering import store
from metering.models import Series
from metering.services.series import SeriesSpec, ensure_series
from metering.store import Origin, RegisterBatch

log = logging.getLogger(__name__)


def store_values(outcomes: Sequence[Outcome]) -> None:
    """Write every value of these outcomes: per job one write of blocks and one of registers."""
    by_job: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_job[outcome.item.job_id].append(outcome)
    for job_id, group in sorted(by_job.items()):
        job = group[0].item.job
        origin = Origin(
            job_id=job_id, user_id=job.created_by_id, message=job.title, action_id=job.action or action_id.get()
        )
        _write(points(group), origin)


def _write(found: Sequence[Points], origin: Origin) -> None:
    if not found:
        return
    series = ensure_series((each.spec for each in found), {each.spec: each.scaler for each in found})
    _settle_exponents(found, series)
    profiles = [each for each in found if each.spec.interval_s]
    registers = [each for each in found if not each.spec.interval_s]
    by_interval: dict[int, list[Points]] = defaultdict(list)
    for each in profiles:
        by_interval[each.spec.interval_s].append(each)
    batches = [_batch(interval_s, group, series) for interval_s, group in sorted(by_interval.items())]
    counts = store.write(*batches, origin=origin)
    if registers:
        counts += store.write_registers(_registers(registers, series), origin=origin)
    for refusal in counts.refusals:
        log.warning("values not stored: %s", refusal)


def _batch(interval_s: int, group: Sequence[Points], series: Mapping[SeriesSpec, Series]) -> store.Batch:
    ids, at, values, quality, status = _flat(group, series)
    return store.place(interval_s, ids, at, values, quality, status).batch


def _registers(group: Sequence[Points], series: Mapping[SeriesSpec, Series]) -> RegisterBatch:
    """One row per series and instant; of two readings of the same second the later stands."""
    ids, at, values, quality, status = _flat(group, series)
    _, last = np.unique(np.stack([ids, at])[:, ::-1], axis=1, return_index=True)
    return RegisterBatch(ids, at, values, quality, status).take(len(at) - 1 - last)


def _flat(
    group: Sequence[Points], series: Mapping[SeriesSpec, Series]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8], NDArray[np.uint32]]:
    """Series ids, instants, values in the exponent of their series, quality, status: all (m,)."""
    ids = np.repeat(
        np.array([series[each.spec].pk for each in group], np.int64),
        np.array([each.at.size for each in group], np.int64),
    )
    return (
        ids,
        np.concatenate([each.at for each in group]),
        np.concatenate([_scaled(each, series[each.spec].exponent) for each in group]),
        np.concatenate([each.quality for each in group]),
        np.concatenate([each.status for each in group]),
    )


def _scaled(each: Points, exponent: int) -> NDArray[np.int64]:
    """Values in units of 10^exponent; ValueError when that would lose digits."""
    if each.scaler == exponent:
        return each.values
    if each.scaler < exponent:
        raise ValueError(
            f"{each.spec.obis} of {each.spec.source} comes with scaler {each.scaler}; its series keeps 10^{exponent}."
        )
    return each.values * np.int64(10 ** (each.scaler - exponent))


def _settle_exponents(found: Sequence[Points], series: Mapping[SeriesSpec, Series]) -> None:
    """A series promised at installation takes the scaler the meter turns out to use, while it holds no values."""
    finer = {each.spec: each.scaler for each in found if each.scaler < series[each.spec].exponent}
    if not finer:
        return
    empty = _without_values([series[spec].pk for spec in finer])
    for spec, scaler in finer.items():
        row = series[spec]
        if row.pk in empty:
            row.exponent = scaler
            Series.objects.filter(pk__in=[row.pk, *([row.feeds_id] if row.feeds_id else [])]).update(exponent=scaler)


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
