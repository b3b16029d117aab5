"""Alarm rules under administration: made, tried, changed, deleted; every step is in the audit trail."""

import re
from typing import Any

import pytest
from django.test import Client

from access.models import AuditRecord, User
from devices.services.groups import create_group
from events.models import AlarmMessage, AlarmRule
from events.secrets import SEALED
from tests import factories as make
from tests.scene import Scene, signed_in, text

LIST, NEW = "/alarm-rules/", "/alarm-rules/new/"


@pytest.fixture
def admin(scene: Scene) -> Client:
    return signed_in(make.make_administrator(username="anna", utilities=[scene.utility]))


def form(scene: Scene, **fields: Any) -> dict[str, Any]:
    return {
        "utility": scene.utility.pk, "name": "On call", "enabled": "on", "severity_from": "20",
        "most_per_hour": "10", "emails": "a@example.com\nb@example.com, a@example.com",
        "webhook_url": "https://receiver.example/alarms", **fields,
    }  # fmt: skip


def test_a_rule_is_made_and_its_secret_is_shown_once(scene: Scene, admin: Client) -> None:
    response = admin.post(NEW, form(scene, categories=["power", "fraud"]))
    rule = AlarmRule.objects.get()
    assert response.status_code == 302 and rule.emails == ["a@example.com", "b@example.com"]
    page = text(admin.get(rule.get_absolute_url()))
    shown = re.search(r"signs the webhook is (\S+)\. It", page)
    assert shown and SEALED.open(rule).decode() == shown[1]
    assert shown[1] not in text(admin.get(rule.get_absolute_url()))
    assert "On call" in text(admin.get(LIST)) and "2 e-mail addresses, webhook" in text(admin.get(LIST))
    record = AuditRecord.objects.get(verb="alarm rule made")
    assert record.username == "anna" and shown[1] not in str(record.details)


@pytest.mark.parametrize(
    "wrong",
    [
        {"emails": "nobody"},
        {"emails": "", "webhook_url": ""},
        {"emails": " ".join(f"a{i}@example.com" for i in range(21))},
        {"webhook_url": "http://receiver.example/"},
        {"webhook_url": "https://u:p@receiver.example/"},
        {"most_per_hour": "0"},
        {"quiet_from": "22:00"},
        {"severity_from": "99"},
        {"kinds": ["nothing of this kind"]},
        {"name": ""},
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_saved(scene: Scene, admin: Client, wrong: dict[str, Any]) -> None:
    response = admin.post(NEW, form(scene, **wrong))
    assert response.status_code == 400 and not AlarmRule.objects.exists()
    assert "errorlist" in text(response) or "error" in text(response)


def test_an_area_of_another_utility_is_refused(scene: Scene, admin: Client) -> None:
    area = make.make_transformer_area(make.make_utility("other"), "X1")
    assert admin.post(NEW, form(scene, area=area.pk)).status_code == 400


def test_a_rule_of_a_device_group(scene: Scene, admin: Client) -> None:
    anna = User.objects.get(username="anna")
    group = create_group(utility=scene.utility, name="Boilers", user=anna)
    foreign = create_group(utility=make.make_utility("other"), name="Foreign", user=anna)
    assert admin.post(NEW, form(scene, group=foreign.pk)).status_code == 400
    admin.post(NEW, form(scene, group=group.pk))
    rule = AlarmRule.objects.get()
    assert rule.group == group and "Warning and worse; group Boilers" in text(admin.get(rule.get_absolute_url()))
    kept = admin.post(f"/devices/groups/{group.pk}/delete/", follow=True)
    assert "is in use and stays: alarm rule On call." in text(kept)
    assert AuditRecord.objects.get(verb="alarm rule made").details["group"] == "Boilers"
    admin.post(f"{rule.get_absolute_url()}delete/")
    admin.post(f"/devices/groups/{group.pk}/delete/")
    assert not type(group).objects.filter(pk=group.pk).exists()


def test_a_rule_is_tried_changed_and_deleted(scene: Scene, admin: Client) -> None:
    admin.post(NEW, form(scene))
    rule = AlarmRule.objects.get()
    address = rule.get_absolute_url()
    admin.post(f"{address}test/")
    assert AlarmMessage.objects.filter(content__test=True).count() == 2
    assert "Test of an alarm rule" in text(admin.get(address))
    AlarmMessage.objects.update(state="failed")
    admin.post(f"{address}again/")
    assert set(AlarmMessage.objects.values_list("state", flat=True)) == {"waiting"}
    before = bytes(rule.webhook_secret)
    admin.post(f"{address}change/", form(scene, name="Night", quiet_from="22:00", quiet_to="06:00"))
    rule.refresh_from_db()
    assert rule.name == "Night" and bytes(rule.webhook_secret) == before
    assert "22:00 to 06:00 (Europe/Helsinki)" in text(admin.get(address))
    admin.post(f"{address}secret/")
    rule.refresh_from_db()
    assert bytes(rule.webhook_secret) != before
    admin.post(f"{address}delete/")
    assert not AlarmRule.objects.exists() and not AlarmMessage.objects.exists()
    assert {
        "alarm rule made", "alarm rule tested", "alarm messages sent again", "alarm rule changed",
        "webhook secret renewed", "alarm rule deleted",
    } <= set(AuditRecord.objects.values_list("verb", flat=True))  # fmt: skip


def test_operators_have_no_part_in_it(scene: Scene, admin: Client) -> None:
    admin.post(NEW, form(scene))
    address = AlarmRule.objects.get().get_absolute_url()
    client = signed_in(scene.mikko)
    for page in (LIST, NEW, address, f"{address}change/"):
        assert client.get(page).status_code == 403
    for act in ("test", "again", "secret", "delete"):
        assert client.post(f"{address}{act}/").status_code == 403
    assert "Alarm rules" not in text(client.get("/alarms/"))
