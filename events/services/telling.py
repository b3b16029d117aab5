"""Alarms into the outbox: which rules they fit, and whether each goes out alone or in a summary."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from access import audit
from access.models import User
from devices.groups import devices_of
from events.alarm import Alarm, of_event, of_outage, single, summary
from events.catalogue import SEVERITIES
from events.models import AlarmMessage, AlarmRule, AreaOutage, Event, Outage

FRESH = timedelta(days=1)
"""What happened longer ago is history: the first reading of a log brings years of it."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Heard:
    """An alarm and the devices it is of: that of an event, all of the outage of an area."""

    alarm: Alarm
    devices: frozenset[int]


def tell(events: QuerySet[Event], outages: Sequence[AreaOutage]) -> None:
    """Write a message for every rule and channel the events and outages fit; in the caller's transaction."""
    rules = list(AlarmRule.objects.filter(enabled=True).select_related("utility", "area", "group"))
    if not rules:
        return
    now = timezone.now()
    heard = _heard(events, outages, now - FRESH)
    members = _members(rules, heard)
    for rule in rules:
        fitting = [
            each.alarm for each in heard[rule.utility_id]
            if fits(rule, each.alarm) and (rule.group_id is None or each.devices & members[rule.group_id])
        ]  # fmt: skip
        for channel in rule.channels if fitting else ():
            _post(rule, channel, fitting, now)


def fits(rule: AlarmRule, alarm: Alarm) -> bool:
    """Whether an alarm of the rule's utility is one the rule asks for, its group aside."""
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


def _heard(events: QuerySet[Event], outages: Sequence[AreaOutage], since: datetime) -> Mapping[int, list[_Heard]]:
    """Alarms that happened since an instant, by utility. Three queries."""
    found: dict[int, list[_Heard]] = defaultdict(list)
    rows = AreaOutage.objects.filter(pk__in=[row.pk for row in outages], started_at__gte=since)
    devices = _devices_of(outages)
    for outage in rows.select_related("area").order_by("started_at"):
        found[outage.area.utility_id].append(_Heard(of_outage(outage), frozenset(devices[outage.pk])))
    for event in events.filter(at__gte=since).select_related("device", "metering_point__transformer_area").order_by():
        found[event.device.utility_id].append(_Heard(of_event(event), frozenset([event.device_id])))
    return found


def _devices_of(outages: Sequence[AreaOutage]) -> Mapping[int, list[int]]:
    """The devices of each outage of an area."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = Outage.objects.filter(area_outage__in=[row.pk for row in outages]).order_by()
    for outage, device in rows.values_list("area_outage", "device"):
        found[outage].append(device)
    return found


def _members(rules: Iterable[AlarmRule], heard: Mapping[int, Iterable[_Heard]]) -> dict[int, set[int]]:
    """Which of the devices that were heard are in each group a rule names, as the groups are now. A query per group."""
    found: dict[int, set[int]] = {}
    for rule in rules:
        if rule.group is not None and rule.group.pk not in found:
            devices = {device for each in heard.get(rule.utility_id, ()) for device in each.devices}
            rows = devices_of(rule.group).filter(pk__in=devices) if devices else ()
            found[rule.group.pk] = {device.pk for device in rows}
    return found


def _post(rule: AlarmRule, channel: str, alarms: Sequence[Alarm], now: datetime) -> None:
    quiet = rule.quiet_until(now)
    if quiet is not None:
        _gather(rule, channel, alarms, quiet)
        rule.messages.filter(channel=channel, state=AlarmMessage.State.GATHERING, not_before__lt=quiet).update(
            not_before=quiet
        )
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
