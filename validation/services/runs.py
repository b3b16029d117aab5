"""Runs: ordered by a person, a schedule or a task flow, done by one worker at a time, cancelled between portions."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import replace
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from access import audit
from access.models import User, Utility
from aim.action import action_id, bind
from aim.celery import stopping
from metering.store import Origin
from validation.calling import call_for, unheld
from validation.models import RuleSet, Run
from validation.models.rules import Role
from validation.periodic.validating import periodic_portions, validate_periodic_portion
from validation.queue import OURS
from validation.scopes import judged_in
from validation.services.assigning import final_by
from validation.services.tally import Tally
from validation.services.validating import Work, portions, validate_portion
from validation.services.what_if import try_out

log = logging.getLogger(__name__)

MOST_DAYS = 400
MOST_SERIES_DAYS = 50_000_000
"""The night's run over 3 million metering points with a dozen series each, with room."""
LOOK_BACK = dt.timedelta(days=10)


class RunError(ValueError):
    """A run cannot be started; the message says why, for the person who asked."""


class CancelledError(Exception):
    """The run was cancelled, or is held by another worker: this one stops."""


class GivenBackError(Exception):
    """The worker is asked to end: the run waits for another."""


@transaction.atomic
def start_run(
    *, user: User | None, utility: Utility, scope: dict[str, Any], first_day: dt.date, last_day: dt.date,
    rule_set: RuleSet | None = None, against: RuleSet | None = None, dry: bool = False, role: Role = Role.ARRIVAL,
    trigger: Run.Trigger = Run.Trigger.HAND,
) -> Run:  # fmt: skip
    """Order validation of a scope over local days, both included. RunError for too many days or series-days."""
    days = (last_day - first_day).days + 1
    if not 1 <= days <= MOST_DAYS:
        raise RunError(f"A run covers 1 to {MOST_DAYS} days.")
    if dry and any(each and each.kind != RuleSet.Kind.PROFILE for each in (rule_set, against)):
        raise RunError("A what-if is over profile values: register values are only flagged, so nothing would change.")
    total = judged_in(scope, utility, rule_set, dry=dry).count() * days
    if total > MOST_SERIES_DAYS:
        raise RunError(f"A run covers at most {MOST_SERIES_DAYS:,} series-days, not {total:,}: take fewer days.")
    run = Run.objects.create(
        utility=utility, trigger=trigger, role=role, rule_set=rule_set, against=against, dry=dry, scope=scope,
        first_day=first_day, last_day=last_day, total=total, created_by=user, action_id=action_id.get(),
    )  # fmt: skip
    if user is not None:
        audit.record(
            "what-if run started" if dry else "validation started", str(run), user=user, utility=utility, target=run,
            details={"series_days": total, "rule_set": str(rule_set or "as assigned")},
        )  # fmt: skip
    transaction.on_commit(lambda: call_for(run.pk))
    return run


def cancel_run(run: Run, user: User) -> bool:
    """End a run that waits or works; what it has stored stays. False where it was over already."""
    held = Run.objects.filter(pk=run.pk, state__in=(Run.State.WAITING, Run.State.RUNNING))
    done = bool(held.update(state=Run.State.CANCELLED, ended_at=timezone.now()))
    if done:
        audit.record("validation cancelled", str(run), user=user, utility=run.utility, target=run)
    return done


def work_run(run_id: int) -> None:
    """Work on a run if nobody else does; whatever happens it ends in a state, or waits for another worker."""
    now = timezone.now()
    taken = Run.objects.filter(unheld(), pk=run_id).update(
        state=Run.State.RUNNING, started_at=now, heartbeat_at=now, done=0, counts={}, error=""
    )
    if not taken:
        return
    run = Run.objects.select_related("utility", "rule_set", "against").get(pk=run_id)
    with bind(run.action_id):
        _worked(run)


def _worked(run: Run) -> None:
    try:
        _what_if(run) if run.dry else _validate(run)
    except CancelledError:
        return
    except GivenBackError:
        _mine(run).update(state=Run.State.WAITING)
    except Exception:
        log.exception("validation run %s failed", run.pk)
        problem = "It failed; the log of the worker says why. What was validated until then stays."
        _mine(run).update(state=Run.State.FAILED, ended_at=timezone.now(), error=problem)


def _mine(run: Run) -> Any:
    return Run.objects.filter(pk=run.pk, state=Run.State.RUNNING)


def _step(run: Run, series_days: int, **changes: Any) -> None:
    """Note progress. CancelledError where the run is over, GivenBackError where this worker is to end."""
    run.done += series_days
    if not _mine(run).update(done=run.done, heartbeat_at=timezone.now(), **changes):
        raise CancelledError
    if stopping():
        raise GivenBackError


def work_of(run: Run, rule_set: RuleSet | None = None) -> Work:
    """What a run is to validate, by its own set, by `rule_set`, or by the sets assigned."""
    rows = judged_in(run.scope, run.utility, run.rule_set, dry=run.dry)
    ids = np.fromiter(rows.order_by("pk").values_list("pk", flat=True), np.int64)
    if run.trigger == Run.Trigger.SCHEDULE and run.role == Role.FINAL:
        ids = final_by(ids, run.first_day, timezone.localdate(timezone=run.utility.zone))
    name = str(rule_set or run.rule_set or "assigned rule sets")
    origin = Origin(user_id=run.created_by_id, rule=OURS, message=f"Run {run.pk}: {name}", action_id=run.action_id)
    return Work(
        ids, run.first_day, run.last_day, timezone.now(), Role(run.role), rule_set or run.rule_set, run.pk, origin
    )


def _validate(run: Run) -> None:
    work, tally = work_of(run), Tally()
    for portion in portions(work):
        done = validate_portion(work, portion)
        tally.add(done)
        _step(run, done.series_days, counts=tally.as_json())
    _validate_registers(run, _looking_back(run, work), tally)
    _mine(run).update(state=Run.State.DONE, ended_at=timezone.now(), done=run.total, counts=tally.as_json())


def _validate_registers(run: Run, work: Work, tally: Tally) -> None:
    days = (run.last_day - run.first_day).days + 1
    for portion in periodic_portions(work):
        tally.add(validate_periodic_portion(work, portion))
        _step(run, len(portion.group.series_ids) * days, counts=tally.as_json())


def _looking_back(run: Run, work: Work) -> Work:
    """Values of registers come late, and are due days later: every day the last ones are judged once more."""
    if run.trigger != Run.Trigger.SCHEDULE or run.role != Role.ARRIVAL:
        return work
    return replace(work, first_day=work.last_day - LOOK_BACK)


def _what_if(run: Run) -> None:
    result = try_out(work_of(run), run.against, lambda series_days: _step(run, series_days))
    _mine(run).update(state=Run.State.DONE, ended_at=timezone.now(), done=run.total, result=result)
