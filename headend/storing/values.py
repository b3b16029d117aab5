"""Profile rows and registers into the value store."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from headend.models import Job
from headend.storing.exponents import Held, finest, fitted, hold_series
from headend.storing.outcome import Outcome, Remark
from headend.storing.points import Points, points
from metering import store
from metering.services.series import SeriesSpec
from metering.store import Counts, Origin, RegisterBatch


def store_values(outcomes: Sequence[Outcome]) -> list[Remark]:
    """Write every value of these outcomes: per job one write of blocks and one of registers.

    Returns what is to be said of values that were not stored, or not where they say.
    """
    by_job: dict[int, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_job[outcome.item.job_id].append(outcome)
    found, remarks = _points(by_job)
    together = [each for group in found.values() for each in group]
    if not together:
        return remarks
    scalers = finest(together)
    series = hold_series(scalers)
    for job_id, group in found.items():
        remarks += _write(group, series, _origin(by_job[job_id][0].item.job))
    return remarks


def _points(by_job: Mapping[int, Sequence[Outcome]]) -> tuple[dict[int, list[Points]], list[Remark]]:
    found: dict[int, list[Points]] = {}
    remarks: list[Remark] = []
    for job_id, group in sorted(by_job.items()):
        found[job_id], said = points(group)
        remarks += said
    return found, remarks


def _origin(job: Job) -> Origin:
    return Origin(job_id=job.pk, user_id=job.created_by_id, message=job.title, action_id=job.action)


def _write(found: Sequence[Points], series: Mapping[SeriesSpec, Held], origin: Origin) -> list[Remark]:
    by_interval: dict[int, list[Points]] = defaultdict(list)
    remarks: list[Remark] = []
    for each in found:
        kept, said = fitted(each, series[each.spec].exponent)
        remarks += said
        if kept.at.size:
            by_interval[each.spec.interval_s].append(kept)
    registers = by_interval.pop(0, [])
    batches = [_batch(interval_s, group, series) for interval_s, group in sorted(by_interval.items())]
    counts = store.write(*batches, origin=origin)
    if registers:
        counts += store.write_registers(_registers(registers, series), origin=origin)
    return remarks + _refused(counts, found, series)


def _refused(counts: Counts, found: Sequence[Points], series: Mapping[SeriesSpec, Held]) -> list[Remark]:
    """What the store refused, as remarks on the items: a series has one source, and a device one item of a job."""
    if not counts.refusals:
        return []
    read = {series[each.spec].pk: each for each in found}
    return [
        Remark(each.item_id, refusal.values, f"values of {each.spec.obis} refused, {refusal.reason}")
        for refusal in counts.refusals
        for each in (read[refusal.series_id],)
    ]


def _batch(interval_s: int, group: Sequence[Points], series: Mapping[SeriesSpec, Held]) -> store.Batch:
    ids, at, values, quality, status = _flat(group, series)
    return store.place(interval_s, ids, at, values, quality, status).batch


def _registers(group: Sequence[Points], series: Mapping[SeriesSpec, Held]) -> RegisterBatch:
    """One row per series and instant; of two readings of the same second the later stands."""
    ids, at, values, quality, status = _flat(group, series)
    _, last = np.unique(np.stack([ids, at])[:, ::-1], axis=1, return_index=True)
    return RegisterBatch(ids, at, values, quality, status).take(len(at) - 1 - last)


def _flat(
    group: Sequence[Points], series: Mapping[SeriesSpec, Held]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8], NDArray[np.uint32]]:
    """Series ids, instants, values in the exponent of their series, quality, status: all (m,)."""
    ids = np.repeat(
        np.array([series[each.spec].pk for each in group], np.int64),
        np.array([each.at.size for each in group], np.int64),
    )
    return (
        ids,
        np.concatenate([each.at for each in group]),
        np.concatenate([each.values for each in group]),
        np.concatenate([each.quality for each in group]),
        np.concatenate([each.status for each in group]),
    )
