"""Alarms reach those a rule names: once each, signed, throttled, tried again, never lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from devices.models import Device
from devices.services.groups import add_members, create_group
from events.models import AlarmMessage, AlarmRule, AreaOutage
from events.services.outbox import LEASE, TRIES, send_again, send_due, wait_after
from events.services.rules import save_rule
from events.services.telling import tell_test
from tests import factories as make
from tests.events.receiver import Receiver, receiving
from tests.events.signals import come, told
from tests.scene import Scene

State = AlarmMessage.State


@pytest.fixture
def receiver(tmp_path: Path, settings: Settings) -> Iterator[Receiver]:
    with receiving(tmp_path) as receiver:
        settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
        settings.WEBHOOK_AUTHORITIES = receiver.certificate
        settings.EMAIL_HOST = "mail.example"
        yield receiver


def make_rule(scene: Scene, **fields: Any) -> AlarmRule:
    fields.setdefault("emails", ["oncall@example.com"])
    rule = AlarmRule(utility=scene.utility, name=f"Rule {AlarmRule.objects.count()}", **fields)
    save_rule(rule=rule, user=scene.mikko)
    return rule


def happen(scene: Scene, *kinds: str, before: timedelta = timedelta(0)) -> None:
    now = timezone.now() - before
    number = scene.near.events.count()
    who = (scene.near, scene.near_point)
    come(*(told(who, kind, now - timedelta(seconds=number + i)) for i, kind in enumerate(kinds)))


def states() -> list[str]:
    return list(AlarmMessage.objects.order_by("id").values_list("state", flat=True))


def due_now() -> None:
    AlarmMessage.objects.update(not_before=timezone.now() - timedelta(seconds=1))


def test_an_alarm_goes_out_by_mail_and_webhook_once(scene: Scene, receiver: Receiver) -> None:
    rule = make_rule(scene, webhook_url=receiver.url)
    happen(scene, "terminal_cover_removed", "power_up")
    assert send_due() == 2 and send_due() == 0
    (letter,) = mail.outbox
    assert letter.to == ["oncall@example.com"] and "Critical: Terminal cover removed" in letter.subject
    assert scene.near.serial_number in letter.body and scene.near_point.gsrn in letter.body
    (content,) = receiver.contents
    assert content["rule"] == rule.name and content["utility"] == scene.utility.code
    assert content["alarms"][0]["kind"] == "terminal_cover_removed" and content["alarms"][0]["area"] == "T-north"
    assert receiver.headers[0]["Idempotency-Key"] == content["key"] and states() == [State.SENT, State.SENT]


@pytest.mark.parametrize(
    ("fields", "told_of"),
    [
        ({}, {"terminal_cover_removed", "battery_low"}),
        ({"severity_from": 30}, {"terminal_cover_removed"}),
        ({"categories": ["power"]}, {"battery_low"}),
        ({"kinds": ["battery_low", "clock_invalid"]}, {"battery_low"}),
        ({"severity_from": 10, "categories": ["clock"]}, {"dst_changed"}),
        ({"enabled": False}, set()),
    ],
)
def test_a_rule_tells_of_what_fits_it(scene: Scene, fields: dict[str, Any], told_of: set[str]) -> None:
    make_rule(scene, **fields)
    happen(scene, "terminal_cover_removed", "battery_low", "dst_changed")
    assert {row.content["alarms"][0]["kind"] for row in AlarmMessage.objects.all()} == told_of


def test_a_rule_is_of_its_area_and_utility(scene: Scene) -> None:
    area = make.make_transformer_area(scene.utility, "T-north")
    here, elsewhere = make_rule(scene, area=area), make.make_transformer_area(scene.utility, "T-south")
    make_rule(scene, area=elsewhere)
    foreign = AlarmRule(utility=make.make_utility("other"), name="Foreign", emails=["a@example.com"])
    save_rule(rule=foreign, user=scene.mikko)
    happen(scene, "battery_low")
    assert {row.rule_id for row in AlarmMessage.objects.all()} == {here.pk}


def test_a_rule_is_of_its_device_group(scene: Scene) -> None:
    named = create_group(utility=scene.utility, name="Named", user=scene.mikko)
    add_members(group=named, devices=Device.objects.filter(pk=scene.near.pk), user=scene.mikko)
    found = create_group(utility=scene.utility, name="Found", user=scene.mikko, query="state=in_operation")
    empty = create_group(utility=scene.utility, name="Empty", user=scene.mikko)
    rules = [make_rule(scene, group=group) for group in (named, found, empty)]
    now = timezone.now()
    come(told((scene.near, scene.near_point), "battery_low", now))
    come(told((scene.silent, scene.silent_point), "battery_low", now))
    rows = AlarmMessage.objects.order_by("id")
    assert [(row.rule_id, row.content["alarms"][0]["device"]) for row in rows] == [
        (rule.pk, scene.near.serial_number) for rule in rules[:2]
    ]


def test_an_outage_of_an_area_is_told_to_rules_of_groups_it_took_a_device_of(scene: Scene) -> None:
    area, now, entries = make.make_transformer_area(scene.utility, "T5"), timezone.now(), []
    for _ in range(8):
        point = make.make_metering_point(scene.utility, transformer_area=area)
        entries.append(told((make.make_device(scene.utility), point), "last_gasp", now))
    hit, spared = (create_group(utility=scene.utility, name=name, user=scene.mikko) for name in ("Hit", "Spared"))
    for group, device_id in ((hit, entries[3].device_id), (spared, scene.near.pk)):
        add_members(group=group, devices=Device.objects.filter(pk=device_id), user=scene.mikko)
    rule, _ = make_rule(scene, group=hit), make_rule(scene, group=spared)
    come(*entries)
    message = AlarmMessage.objects.get()
    assert message.rule == rule and message.content["alarms"][0]["kind"] == "area_outage"


def test_a_rule_that_is_switched_off_sends_nothing_but_tests(scene: Scene, receiver: Receiver) -> None:
    rule = make_rule(scene)
    happen(scene, "terminal_cover_removed")
    AlarmRule.objects.filter(pk=rule.pk).update(enabled=False)
    assert send_due() == 0 and mail.outbox == []
    tell_test(rule=rule, user=scene.mikko)
    assert send_due() == 1
    AlarmRule.objects.filter(pk=rule.pk).update(enabled=True)
    assert send_due() == 1


def test_history_is_not_told(scene: Scene) -> None:
    make_rule(scene)
    happen(scene, "terminal_cover_removed", before=timedelta(days=2))
    assert states() == []


def test_an_outage_of_an_area_is_one_message(scene: Scene) -> None:
    make_rule(scene)
    area, now, entries = make.make_transformer_area(scene.utility, "T5"), timezone.now(), []
    for _ in range(8):
        point = make.make_metering_point(scene.utility, transformer_area=area)
        entries.append(told((make.make_device(scene.utility), point), "last_gasp", now))
    come(*entries)
    message = AlarmMessage.objects.get()
    assert message.content["alarms"][0]["kind"] == "area_outage" and AreaOutage.objects.count() == 1


def test_after_so_many_an_hour_the_rest_is_one_summary(scene: Scene, receiver: Receiver) -> None:
    make_rule(scene, most_per_hour=2)
    happen(scene, *["battery_low"] * 4)
    happen(scene, *["clock_invalid"] * 60)
    assert states() == [State.WAITING, State.WAITING, State.GATHERING]
    assert send_due() == 2
    due_now()
    assert send_due() == 1
    assert mail.outbox[-1].subject.endswith("62 alarms")
    assert "60 × clock invalid" in mail.outbox[-1].body and "and 12 more" in mail.outbox[-1].body


def test_in_quiet_hours_alarms_are_gathered_until_their_end(scene: Scene) -> None:
    local = timezone.localtime(timezone.now(), scene.utility.zone)
    begins, ends = (local - timedelta(hours=1)).time(), (local + timedelta(hours=2)).time()
    make_rule(scene, quiet_from=begins.replace(microsecond=0), quiet_to=ends.replace(microsecond=0))
    happen(scene, "battery_low")
    happen(scene, "clock_invalid")
    message = AlarmMessage.objects.get()
    assert (message.state, message.content["count"]) == (State.GATHERING, 2)
    assert abs(message.not_before - (timezone.now() + timedelta(hours=2))) < timedelta(minutes=1)
    assert send_due() == 0


def test_a_summary_that_was_gathering_before_quiet_hours_waits_for_their_end(scene: Scene) -> None:
    rule = make_rule(scene, most_per_hour=1)
    happen(scene, "battery_low", "clock_invalid")
    local = timezone.localtime(timezone.now(), scene.utility.zone)
    rule.quiet_from = (local - timedelta(hours=1)).time().replace(microsecond=0)
    rule.quiet_to = (local + timedelta(hours=2)).time().replace(microsecond=0)
    rule.save()
    happen(scene, "battery_low")
    message = AlarmMessage.objects.get(state=State.GATHERING)
    assert message.content["count"] == 2
    assert abs(message.not_before - (timezone.now() + timedelta(hours=2))) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-10-24T18:59:59Z", None),
        ("2026-10-24T19:00:00Z", "2026-10-25T04:00:00Z"),
        ("2026-10-25T03:59:59Z", "2026-10-25T04:00:00Z"),
        ("2026-10-25T04:00:00Z", None),
        ("2026-03-28T20:00:00Z", "2026-03-29T03:00:00Z"),
    ],
)
def test_quiet_hours_over_a_change_of_the_clocks(scene: Scene, now: str, until: str | None) -> None:
    """22:00 to 06:00 in Helsinki: nine hours in the night the clocks go back, seven in the other."""
    rule = AlarmRule(utility=scene.utility, quiet_from=time(22), quiet_to=time(6))
    expected = datetime.fromisoformat(until) if until else None
    found = rule.quiet_until(datetime.fromisoformat(now))
    assert (found.astimezone(UTC) if found else None) == expected


def test_what_is_not_taken_is_tried_again_with_the_same_key(scene: Scene, receiver: Receiver) -> None:
    make_rule(scene, emails=[], webhook_url=receiver.url)
    happen(scene, "battery_low")
    receiver.status = 503
    assert send_due() == 0 and states() == [State.WAITING]
    message = AlarmMessage.objects.get()
    assert message.problem.endswith("answered 503.") and message.not_before > timezone.now()
    assert send_due() == 0 and len(receiver.bodies) == 1
    receiver.status = 200
    due_now()
    assert send_due() == 1
    assert len({headers["Idempotency-Key"] for headers in receiver.headers}) == 1


def test_a_message_that_never_goes_out_fails_in_the_end_and_may_be_sent_again(scene: Scene, receiver: Receiver) -> None:
    rule = make_rule(scene, emails=[], webhook_url=receiver.url)
    happen(scene, "battery_low")
    receiver.status = 500
    for _ in range(TRIES):
        due_now()
        send_due()
    assert states() == [State.FAILED] and len(receiver.bodies) == TRIES
    due_now()
    assert send_due() == 0 and len(receiver.bodies) == TRIES
    receiver.status = 200
    assert send_again(rule=rule, user=scene.mikko) == 1 and send_due() == 1


@pytest.mark.parametrize(("at", "until"), [("00:15", "00:30"), ("00:45", ""), ("01:15", "01:30"), ("01:45", "")])
def test_quiet_hours_never_end_before_now_in_the_hour_that_comes_twice(scene: Scene, at: str, until: str) -> None:
    """22:00 to 03:30 in Helsinki, where it is 03:30 at 00:30 and at 01:30 UTC."""
    rule = AlarmRule(utility=scene.utility, quiet_from=time(22), quiet_to=time(3, 30))
    found = rule.quiet_until(datetime.fromisoformat(f"2026-10-25T{at}:00Z"))
    assert (f"{found.astimezone(UTC):%H:%M}" if found else "") == until


def test_one_message_that_cannot_be_made_holds_up_no_other(scene: Scene, receiver: Receiver) -> None:
    make_rule(scene)
    happen(scene, "battery_low")
    AlarmMessage.objects.update(
        content={"count": 1, "alarms": [{"severity": "warning", "text": "Two\nlines", "device": "7"}]}
    )
    happen(scene, "clock_invalid")
    assert send_due() == 1
    assert states() == [State.WAITING, State.SENT] and AlarmMessage.objects.filter(problem__contains="log").exists()


def test_the_address_of_a_webhook_may_have_letters_beyond_ascii(scene: Scene, receiver: Receiver) -> None:
    path = receiver.url.partition("?")[0]
    make_rule(scene, emails=[], webhook_url=f"{path}/hälytykset?from=öljy%20tie")
    happen(scene, "battery_low")
    assert send_due() == 1


def test_a_rule_that_tells_nobody_by_mail_any_more_has_sent_nothing(scene: Scene, receiver: Receiver) -> None:
    rule = make_rule(scene, webhook_url=receiver.url)
    happen(scene, "battery_low")
    rule.emails = []
    save_rule(rule=rule, user=scene.mikko)
    assert send_due() == 1
    letter = AlarmMessage.objects.get(channel="email")
    assert letter.state == State.WAITING and "no e-mail address" in letter.problem


def test_a_sender_that_died_leaves_its_messages_to_others(scene: Scene, receiver: Receiver) -> None:
    make_rule(scene)
    happen(scene, "battery_low")
    now = timezone.now()
    AlarmMessage.objects.update(state=State.SENDING, attempts=1, lease_until=now + LEASE)
    assert send_due() == 0
    AlarmMessage.objects.update(lease_until=now - timedelta(seconds=1))
    assert send_due() == 1 and len(mail.outbox) == 1


def test_without_a_mail_server_the_cause_is_told(scene: Scene, settings: Settings) -> None:
    settings.EMAIL_HOST = ""
    make_rule(scene)
    happen(scene, "battery_low")
    assert send_due() == 0 and "OPENAIM_EMAIL_HOST" in AlarmMessage.objects.get().problem


def test_waits_grow_up_to_six_hours() -> None:
    waits = [wait_after(number).total_seconds() for number in range(1, TRIES + 1)]
    assert waits[:3] == [10, 30, 90] and waits[-1] == 6 * 3600 and waits == sorted(waits)
