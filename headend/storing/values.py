"""Profile rows and registers into the value store."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from headend.models import Job
from headend.storing.exponents import scaled, settle_exponents
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
    found = {job_id: points(group) for job_id, group in sorted(by_job.items())}
    together = [each for group in found.values() for each in group]
    if not together:
        return
    series = ensure_series((each.spec for each in together), {each.spec: each.scaler for each in together})
    settle_exponents(together, series)
    store.lock_series(np.array([row.pk for row in series.values()], np.int64))
    for job_id, group in found.items():
        _write(group, series, _origin(by_job[job_id][0].item.job))


def _origin(job: Job) -> Origin:
    return Origin(job_id=job.pk, user_id=job.created_by_id, message=job.title, action_id=job.action)


def _write(found: Sequence[Points], series: Mapping[SeriesSpec, Series], origin: Origin) -> None:
    by_interval: dict[int, list[Points]] = defaultdict(list)
    for each in found:
        by_interval[each.spec.interval_s].append(each)
    registers = by_interval.pop(0, [])
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
        np.concatenate([scaled(each, series[each.spec].exponent) for each in group]),
        np.concatenate([each.quality for each in group]),
        np.concatenate([each.status for each in group]),
    )
