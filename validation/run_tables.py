"""The list of runs, and the states of a run as badges."""

from __future__ import annotations

from aim.web.svg import Segment
from aim.web.tables import Column, Table
from aim.web.tones import State
from validation.models import Run

_STATES = {
    Run.State.WAITING: State("Waiting", "muted", "clock"),
    Run.State.RUNNING: State("Running", "busy", "loader"),
    Run.State.DONE: State("Done", "ok"),
    Run.State.FAILED: State("Failed", "bad"),
    Run.State.CANCELLED: State("Cancelled", "muted", "stop"),
}
OPEN = (Run.State.WAITING, Run.State.RUNNING)


def run_state(run: Run) -> State:
    return _STATES[Run.State(run.state)]


def run_name(run: Run) -> str:
    """What the run is called: its days, and whether it only tries."""
    kind = "What if" if run.dry else "Validation"
    days = f"{run.first_day}" if run.first_day == run.last_day else f"{run.first_day} to {run.last_day}"
    return f"{kind}, {days}"


def set_words(run: Run) -> str:
    """By which rules: the named set, compared with another, or as assigned."""
    if run.rule_set is None:
        return f"as assigned, {run.get_role_display().lower()}"
    return f"{run.rule_set} against {run.against}" if run.against else str(run.rule_set)


def who(run: Run) -> str:
    """Who or what began it."""
    person = run.created_by
    return run.get_trigger_display() if person is None else person.get_full_name() or person.username


def percent(run: Run) -> int:
    """How much is done, rounded down: 100 only at the end."""
    if not run.total:
        return 100 if run.state == Run.State.DONE else 0
    return min(100 * run.done // run.total, 100)


def parts(run: Run) -> list[Segment]:
    """The progress bar: series-days that are done, and those that are not."""
    tone = {Run.State.FAILED: "bad", Run.State.CANCELLED: "muted"}.get(Run.State(run.state), "ok")
    rest = max(run.total - run.done, 0)
    return [Segment(run.done, "done", tone), Segment(rest, "to do", "")] if rest else [Segment(run.done, "done", tone)]


def found(run: Run) -> int | None:
    """How many findings there were; None of a what-if."""
    return None if run.dry else sum(run.counts.get("findings", {}).values())


RUNS = Table(
    name="runs",
    label="Validation runs",
    order="-created",
    bar=("state", "kind"),
    columns=(
        Column("run", "Run", accessor=run_name, link=True, fixed=True),
        Column("state", "State", accessor=run_state, sort="state"),
        Column("percent", "Done", accessor=lambda run: f"{percent(run)} %", align="end"),
        Column("set", "Rules", accessor=set_words),
        Column("findings", "Found", accessor=found, align="end"),
        Column("series_days", "Series-days", accessor="total", align="end"),
        Column("created", "Began", accessor="created_at", sort="created_at"),
        Column("who", "By", accessor=who),
        Column("ended", "Ended", accessor="ended_at", hidden=True),
        Column("utility", "Utility", accessor="utility.name", hidden=True),
    ),
)
