"""The lists of announced outages and of alarm rules."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from aim.web.bulk import BulkAction
from aim.web.tables import Column, Table
from aim.web.tones import State
from events.models import AlarmMessage, AlarmRule
from events.services.planned import withdraw
from metering.views.people import user_of

MESSAGE_STATES: dict[str, State] = {
    AlarmMessage.State.GATHERING: State("Gathering", "info"),
    AlarmMessage.State.WAITING: State("Waiting", "busy"),
    AlarmMessage.State.SENDING: State("Being sent", "busy"),
    AlarmMessage.State.SENT: State("Sent", "ok"),
    AlarmMessage.State.FAILED: State("Failed", "bad"),
}


def rule_state(rule: AlarmRule) -> State:
    """On or off."""
    return State("On", "ok") if rule.enabled else State("Off", "muted")


def told_to(rule: AlarmRule) -> str:
    """Who is told: `3 e-mail addresses, webhook`."""
    count = len(rule.emails)
    emails = f"{count} e-mail address{'' if count == 1 else 'es'}" if count else ""
    return ", ".join(filter(None, [emails, "webhook" if rule.webhook_url else ""]))


def told_of(rule: AlarmRule) -> str:
    """What it tells of, in words: `Warning and worse; power, fraud; 3 events; area T1; group Boilers`."""
    severity = f"{rule.get_severity_from_display()} and worse"
    kinds = f"{len(rule.kinds)} kind{'' if len(rule.kinds) == 1 else 's'} of event" if rule.kinds else ""
    area = f"area {rule.area.code}" if rule.area else ""
    group = f"group {rule.group}" if rule.group else ""
    return "; ".join(filter(None, [severity, ", ".join(rule.categories), kinds, area, group]))


def quiet_words(rule: AlarmRule) -> str | None:
    """`22:00 to 06:00 (Europe/Helsinki)`; None without quiet hours."""
    if rule.quiet_from is None:
        return None
    return f"{rule.quiet_from:%H:%M} to {rule.quiet_to:%H:%M} ({rule.utility.time_zone})"


def withdraw_selected(request: HttpRequest, rows: QuerySet[Any]) -> str:
    """Withdraw the announced outages that were selected."""
    count = withdraw(planned=list(rows.select_related("area__utility")), user=user_of(request))
    messages.success(request, f"{count:,} withdrawn.")
    return reverse("events:planned")


WITHDRAW = BulkAction(
    "withdraw", "Withdraw", "events.delete_plannedoutage", withdraw_selected,
    consequence="Outages in their periods are no longer shown as planned.", icon="trash", danger=True,
)  # fmt: skip

RULES = Table(
    name="alarm-rules",
    label="Alarm rules",
    order="name",
    columns=(
        Column("name", "Rule", sort="name", link=True, fixed=True),
        Column("state", "State", accessor=rule_state, sort="enabled"),
        Column("of", "Tells of", accessor=told_of),
        Column("to", "Tells", accessor=told_to),
        Column("utility", "Utility", accessor="utility.name"),
    ),
)

PLANNED = Table(
    name="announced",
    label="Announced outages",
    order="-starts",
    actions=(WITHDRAW,),
    columns=(
        Column("area", "Transformer area", accessor="area", fixed=True),
        Column("starts", "From", accessor="starts_at", sort="starts_at"),
        Column("ends", "To", accessor="ends_at", sort="ends_at"),
        Column("reason", "Reason"),
        Column("by", "Announced by", accessor="created_by"),
    ),
)
