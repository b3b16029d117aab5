"""Writing a change down: as a decision with its reason, never over a value that nobody had seen."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import transaction

from access import audit
from access.models import User
from aim.action import action_id
from metering import store
from metering.intervals import to_instant
from metering.models import Series
from metering.quality import Quality
from metering.services.editing.methods import Change
from metering.services.editing.slots import Bools, Slots, read_slots
from metering.store import Counts, Origin, RegisterBatch

RULE = "edit"
LONGEST_REASON = 500


@dataclass
class ChangedMeanwhileError(Exception):
    """Values changed after they were seen. `now` holds them all as they are stored; `rows` bool (m,): which differ."""

    now: Slots
    rows: Bools

    def __str__(self) -> str:
        return f"{int(self.rows.sum())} values changed meanwhile"


def refusal_of(series: Series) -> str:
    """Why values of this series cannot be edited; empty when they can."""
    if series.kind != Series.Kind.STAND:
        return ""
    if series.feeds_id:
        return "Stands are kept as the meter showed them. Edit the consumption derived from them instead."
    return "Stands are kept as the meter showed them; nobody can edit them."


@transaction.atomic
def save(
    *, series: Series, seen: Slots, change: Change, user: User, reason: str, method: str, basis: Bools | None = None
) -> Counts:
    """Store `change`, made on what was `seen`, as a decision of `user`; returns what became of the values.

    All or nothing: ChangedMeanwhileError when one of the values to be changed is no longer what was seen. `basis`
    bool (m,): the values the change depends on, where that is more than those it changes. `method` names what was
    done, for the audit trail; the reason stays with every version of a value. A series that became finer meanwhile has
    other integers, also for a value that was missing.
    """
    if not change.count:
        return Counts()
    exponent = store.hold_exponents([series.pk])[series.pk]
    now = stored_now(series, seen)
    if exponent != series.exponent:
        raise ChangedMeanwhileError(now, change.given)
    _check(seen, now, change.given if basis is None else change.given | basis)
    counts = _write(now, change, origin_of(user, reason))
    record(series, seen, counts, user=user, reason=reason, method=method, rows=change.given)
    return counts


@transaction.atomic
def put_back(
    *, series: Series, seen: Slots, start: datetime, end: datetime, as_of: datetime, user: User, reason: str
) -> Counts:
    """Put the values of [start, end) back to what was stored at `as_of`, as a new version.

    ChangedMeanwhileError when any of them is no longer what was `seen`.
    """
    store.lock_series(np.array([series.pk], np.int64))
    everything: Bools = np.ones(len(seen), np.bool_)
    _check(seen, stored_now(series, seen), everything)
    counts = store.restore([series.pk], start, end, as_of=as_of, origin=origin_of(user, reason))
    method = f"restore the state of {as_of:%Y-%m-%dT%H:%M:%S.%fZ}"
    record(series, seen, counts, user=user, reason=reason, method=method, rows=everything)
    return counts


def origin_of(user: User, reason: str) -> Origin:
    """How the store names a decision of `user`."""
    return Origin(user_id=user.pk, rule=RULE, message=reason, action_id=action_id.get())


def stored_now(series: Series, seen: Slots) -> Slots:
    """What is stored at the instants of `seen`."""
    if not len(seen):
        return seen
    start, last = to_instant(int(seen.at[0])), to_instant(int(seen.at[-1]) + 1)
    end = to_instant(int(seen.at[-1]) + max(seen.step_s, 1))
    return read_slots(series, start, last, now=end).at_instants(seen.at)


def record(series: Series, seen: Slots, counts: Counts, *, user: User, reason: str, method: str, rows: Bools) -> None:
    """Leave a change of values in the audit trail: whose, which stretch, how many, why."""
    at = seen.at[rows]
    start, end = to_instant(int(at[0])), to_instant(int(at[-1]) + seen.step_s)
    point = series.metering_point
    audit.record(
        "values edited",
        f"{counts.new + counts.changed} values of {series} of metering point {point}: {method}",
        user=user,
        utility=point.utility,
        target=series,
        details={
            "method": method,
            "reason": reason,
            "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "end": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            "new": counts.new,
            "changed": counts.changed,
            "refused": counts.refused,
        },
    )


def _write(now: Slots, change: Change, origin: Origin) -> Counts:
    rows = change.given
    at, values, quality = now.at[rows], change.values[rows], change.quality[rows]
    # A value that is accepted is still the meter's, and so is its status word; an edited one no longer is.
    status = np.where(quality == Quality.ACCEPTED, now.status[rows], np.uint32(0)).astype(np.uint32)
    if now.step_s:
        placed = store.place(now.step_s, now.series_id, at, values, quality, status)
        return store.write(placed.batch, origin=origin)
    ids = np.full(len(at), now.series_id, np.int64)
    return store.write_registers(RegisterBatch(ids, at, values, quality, status), origin=origin)


def _check(seen: Slots, now: Slots, given: Bools) -> None:
    changed = given & now.differs_from(seen)
    if changed.any():
        raise ChangedMeanwhileError(now, changed)
