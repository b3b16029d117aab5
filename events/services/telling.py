"""Alarms into the outbox: which rules they fit, and whether each goes out alone or in a summary."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from access import audit
from access.models import User
from events.alarm import Alarm, of_event, of_outage, single, summary
from events.catalogue import SEVERITIES
from events.models import AlarmMessage, AlarmRule, AreaOutage, Event

FRESH = timedelta(days=1)
"""What happened longer ago is history: the first reading of a log brings years of it."""
_HOUR = timedelta(hours=1)


def tell(events: QuerySet[Event], outages: Sequence[AreaOutage]) -> None:
    """Write a message for every rule and channel the events and outages fit; in the caller's transaction."""
    rules = list(AlarmRule.objects.filter(enabled=True).select_related("utility", "area"))
    if not rules:
        return
    now = timezone.now()
    alarms = _alarms(events, outages, now - FRESH)
    for rule in rules:
        fitting = [alarm for alarm in alarms[rule.utility_id] if fits(rule, alarm)]
        for channel in rule.channels if fitting else ():
            _post(rule, channel, fitting, now)


def fits(rule: AlarmRule, alarm: Alarm) -> bool:
    """Whether an alarm of the rule's utility is one the rule asks for."""
    return (
        SEVERITIES[alarm.severity] >= rule.severity_from
        and (not rule.categories or alarm.category in rule.categories)
        and (not rule.kinds or alarm.kind in rule.kinds)
        and (rule.area is None or alarm.area == rule.area.code)
    )


def tell_test(*, rule: AlarmRule, user: User) -> list[AlarmMessage]:
    """A message to try the receivers of a rule with, past quiet hours and throttle; audited."""
    alarm = Alarm("test", f"Test of the alarm rule {rule.name}", "other", "information", timezone.now().isoformat())
    with transaction.atomic():
        audit.record("alarm rule tested", str(rule), user=user, utility=rule.utility, target=rule)
        return [
            AlarmMessage.objects.create(rule=rule, channel=channel, content=single(alarm) | {"test": True})
            for channel in rule.channels
        ]


def _alarms(events: QuerySet[Event], outages: Sequence[AreaOutage], since: datetime) -> dict[int, list[Alarm]]:
    """Alarms that happened since an instant, by utility."""
    found: dict[int, list[Alarm]] = defaultdict(list)
    rows = AreaOutage.objects.filter(pk__in=[row.pk for row in outages], started_at__gte=since)
    for outage in rows.select_related("area").order_by("started_at"):
        found[outage.area.utility_id].append(of_outage(outage))
    for event in events.filter(at__gte=since).select_related("device", "metering_point__transformer_area").order_by():
        found[event.device.utility_id].append(of_event(event))
    return found


def _post(rule: AlarmRule, channel: str, alarms: Sequence[Alarm], now: datetime) -> None:
    quiet = rule.quiet_until(now)
    if quiet is not None:
        _gather(rule, channel, alarms, quiet)
        return
    recent = rule.messages.filter(channel=channel, created_at__gt=now - _HOUR).exclude(
        state=AlarmMessage.State.GATHERING
    )
    room = max(rule.most_per_hour - recent.count(), 0)
    AlarmMessage.objects.bulk_create(
        AlarmMessage(rule=rule, channel=channel, content=single(alarm)) for alarm in alarms[:room]
    )
    if len(alarms) > room:
        _gather(rule, channel, alarms[room:], recent.aggregate(first=Min("created_at"))["first"] + _HOUR)


def _gather(rule: AlarmRule, channel: str, alarms: Sequence[Alarm], until: datetime) -> None:
    """Add to the summary that gathers; a new one gathers until the given instant."""
    state = AlarmMessage.State.GATHERING
    gathering = rule.messages.select_for_update().filter(channel=channel, state=state).first()
    message = gathering or AlarmMessage(rule=rule, channel=channel, state=state, not_before=until)
    message.content = summary(message.content, alarms)
    message.save()
