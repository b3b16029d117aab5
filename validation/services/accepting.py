"""Declaring the values of many findings right as they are, a day of many series at a time."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from metering import store
from metering.quality import Quality, QualityClass, quality_class
from metering.store import Counts, Origin, RegisterBatch
from validation.models import Finding
from validation.stretches import day_of, instants


def accept_values(findings: Sequence[Finding], origin: Origin) -> Counts:
    """Mark what is suspect or estimated in the intervals of these findings as accepted; what became of the values.

    Values that were measured without doubt or decided already stay as they are, and where nothing stands nothing is
    accepted. One read and one write for each day and interval length.
    """
    groups: dict[tuple[int, str, object], list[Finding]] = defaultdict(list)
    for each in findings:
        groups[each.series.interval_s, each.series.metering_point.utility.time_zone, each.day].append(each)
    counts = Counts()
    for (interval_s, _zone, _day), group in groups.items():
        counts += _accept_profiles(group, interval_s, origin) if interval_s else _accept_registers(group, origin)
    return counts


def _accept_profiles(group: Sequence[Finding], interval_s: int, origin: Origin) -> Counts:
    day = day_of(group[0])
    ids = np.unique(np.array([each.series_id for each in group], np.int64))
    matrix = store.read(ids, day.start, day.end)
    at = matrix.instants.astype(np.int64)
    meant = np.zeros(matrix.values.shape, np.bool_)
    for each in group:
        meant[np.searchsorted(ids, each.series_id)] |= np.isin(at, instants(each))
    rows, slots = np.nonzero(meant & matrix.present & _doubtful(matrix.quality))
    if not len(rows):
        return Counts()
    values, status = matrix.values[rows, slots], matrix.status[rows, slots]
    placed = store.place(interval_s, ids[rows], at[slots], values, int(Quality.ACCEPTED), status)
    return store.write(placed.batch, origin=origin)


def _accept_registers(group: Sequence[Finding], origin: Origin) -> Counts:
    """Findings of register values: each is about one instant."""
    ids = np.unique(np.array([each.series_id for each in group], np.int64))
    first, last = min(each.first_at for each in group), max(each.first_at for each in group)
    stored = store.read_registers(ids.tolist(), first, last + timedelta(seconds=1))
    meant = {(each.series_id, int(instants(each)[0])) for each in group}
    at = stored.at.astype(np.int64)
    named = np.array([key in meant for key in zip(stored.series_ids.tolist(), at.tolist(), strict=True)], np.bool_)
    rows = np.flatnonzero(named & _doubtful(stored.quality))
    if not len(rows):
        return Counts()
    quality = np.full(len(rows), Quality.ACCEPTED, np.uint8)
    batch = RegisterBatch(stored.series_ids[rows], at[rows], stored.values[rows], quality, stored.status[rows])
    return store.write_registers(batch, origin=origin)


def values_mark(finding: Finding) -> str:
    """What is stored on the day of a finding, in a few characters: the same mark, the same values."""
    day = day_of(finding)
    if finding.series.interval_s:
        matrix = store.read([finding.series_id], day.start, day.end)
        content = matrix.values.tobytes() + matrix.quality.tobytes()
    else:
        stored = store.read_registers([finding.series_id], day.start, day.end)
        content = stored.at.tobytes() + stored.values.tobytes() + stored.quality.tobytes()
    return hashlib.sha256(content).hexdigest()[:32]


def _doubtful(quality: NDArray[np.uint8]) -> NDArray[np.bool_]:
    kind = quality_class(quality)
    doubtful: NDArray[np.bool_] = (kind == QualityClass.SUSPECT) | (kind == QualityClass.ESTIMATED)
    return doubtful
