"""A finding in words: what was found, against what, and how it stands. No queries."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from access.models import User
from aim.web.formats import grouped
from aim.web.tones import State
from metering.display import METHODS, number, shown_exponent, shown_unit
from metering.models import Series
from metering.quality import EstimationMethod
from validation.models import Finding
from validation.models.findings import Severity

SEVERITIES: dict[str, State] = {
    Severity.INFO: State("Note", "info"),
    Severity.WARNING: State("Warning", "warn"),
    Severity.ERROR: State("Error", "bad"),
}
STATES: dict[str, State] = {
    Finding.State.OPEN: State("Open", "warn"),
    Finding.State.REREAD: State("Being read again", "busy"),
    Finding.State.ESTIMATED: State("Estimated", "info"),
    Finding.State.ACCEPTED: State("Accepted", "ok"),
    Finding.State.EDITED: State("Edited", "info"),
    Finding.State.RESOLVED: State("Gone by itself", "muted"),
    Finding.State.NOTED: State("Noted", "muted"),
}


def amount(series: Series, value: float | None) -> str:
    """`13.200 kWh`: `value` integers of the series, a limit also parts of one; "no value" for None."""
    if value is None:
        return "no value"
    exponent = shown_exponent(series)
    shown = number(value, exponent) if isinstance(value, int) else _rounded(value, exponent)
    return f"{shown} {shown_unit(series)}".strip()


def _rounded(value: float, exponent: int) -> str:
    return grouped(Decimal(str(value)).scaleb(exponent), max(0, -exponent))


def found_words(finding: Finding) -> str:
    """`Spike: 13.200 kWh, limit 4.100 kWh`; of several intervals the worst, and how many there are."""
    several = f" ({finding.count} intervals)" if finding.count > 1 else ""
    if finding.value is None:
        return f"{finding.rule_name}: no value{several}"
    limit = "" if finding.limit is None else f", limit {amount(finding.series, finding.limit)}"
    return f"{finding.rule_name}: {amount(finding.series, finding.value)}{limit}{several}"


def method_words(method: int | None) -> str:
    """How values were put in place: `average of like days`; empty where none were."""
    if method is None:
        return ""
    return METHODS[EstimationMethod(method)] or "estimated"


def severity_of(finding: Finding) -> State:
    return SEVERITIES[finding.severity]


def state_of(finding: Finding) -> State:
    return STATES[finding.state]


def is_overdue(finding: Finding, now: datetime | None = None) -> bool:
    """Whether it should have been decided by now."""
    return finding.is_waiting and finding.due_at is not None and finding.due_at < (now or timezone.now())


def name_of(user: User | None) -> str:
    """A person as the lists name them; empty for nobody."""
    return "" if user is None else user.get_full_name() or user.username
