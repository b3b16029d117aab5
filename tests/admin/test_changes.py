"""What administrators do: opening data, tokens, changes that leave their trace, and the limits of what they see."""

import re
from datetime import timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.models import ApiToken, AuditRecord, User
from access.services.grants import opened_segments, opened_utilities
from headend.models import Schedule
from metering.models import MeteringPoint
from tests import factories as make
from tests.api.scene import Scene


def _post_user(client: Client, user: User, **change: Any) -> Any:
    fields = {"username": user.username, "is_active": "on", "utilities": [], "segments": [], "groups": []}
    url = reverse("admin:access_user_change", args=[user.pk])
    return client.post(url, fields | {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"} | change)


def test_utilities_and_segments_are_opened_and_closed_on_the_user_page(administrator: Client, scene: Scene) -> None:
    user = make.make_user(segments=[scene.north.segment])
    response = _post_user(administrator, user, utilities=[scene.utility.pk], segments=[scene.south.segment.pk])
    assert response.status_code == 302, response.context["errors"]
    assert list(opened_utilities(user)) == [scene.utility]
    assert list(opened_segments(user)) == [scene.south.segment]
    verbs = AuditRecord.objects.filter(username="root", object_type="access.user", object_id=str(user.pk))
    assert {"utility opened", "segment opened", "segment closed", "changed"} <= set(
        verbs.values_list("verb", flat=True)
    )


def test_saving_a_user_unchanged_opens_and_closes_nothing(administrator: Client, scene: Scene) -> None:
    user = make.make_user(utilities=[scene.utility])
    before = AuditRecord.objects.filter(verb__contains="utility").count()
    assert _post_user(administrator, user, utilities=[scene.utility.pk]).status_code == 302
    assert AuditRecord.objects.filter(verb__contains="utility").count() == before
    assert list(opened_utilities(user)) == [scene.utility]


def test_a_new_user_can_be_made(administrator: Client) -> None:
    fields = {"username": "maija", "password1": make.PASSWORD, "password2": make.PASSWORD, "usable_password": "true"}
    response = administrator.post(reverse("admin:access_user_add"), fields)
    assert response.status_code == 302
    assert User.objects.get(username="maija").check_password(make.PASSWORD)


def test_a_token_is_shown_once_and_works(administrator: Client, scene: Scene) -> None:
    fields = {"user": scene.everyone.pk, "name": "CIS"}
    page = administrator.post(reverse("admin:access_apitoken_add"), fields, follow=True).content.decode()
    text = re.search(r"aim_[\w-]+", page)
    assert text is not None
    token = ApiToken.objects.get(name="CIS")
    assert token.digest == ApiToken.digest_of(text[0])
    assert text[0] not in administrator.get(reverse("admin:access_apitoken_changelist")).content.decode()
    answer = Client().get("/api/v1/devices/", headers={"Authorization": f"Bearer {text[0]}"})
    assert answer.status_code == 200
    record = AuditRecord.objects.get(verb="added", object_type="access.apitoken")
    assert (record.username, record.object_id) == ("root", str(token.pk))
    assert text[0] not in str(record.summary)


def test_a_token_must_not_expire_before_it_begins(administrator: Client, scene: Scene) -> None:
    fields = {"user": scene.everyone.pk, "name": "CIS", "expires_at_0": "2020-01-01", "expires_at_1": "00:00"}
    page = administrator.post(reverse("admin:access_apitoken_add"), fields)
    assert page.status_code == 200
    assert "future" in page.context["adminform"].form.errors["expires_at"][0]
    assert not ApiToken.objects.filter(name="CIS").exists()


def test_a_change_leaves_field_history_and_an_audit_record_of_one_action(administrator: Client, scene: Scene) -> None:
    area = scene.north.area
    fields = {"utility": area.utility_id, "code": area.code, "name": "Harbour", "feeder": area.feeder}
    response = administrator.post(reverse("admin:metering_transformerarea_change", args=[area.pk]), fields)
    assert response.status_code == 302
    action = response.headers["X-Action-Id"]
    entry = LogEntry.objects.get_for_object(area).filter(action=LogEntry.Action.UPDATE).get()
    assert (entry.changes["name"][1], entry.cid, entry.actor.username) == ("Harbour", action, "root")
    record = AuditRecord.objects.get(verb="changed", object_type="metering.transformerarea")
    assert (record.username, record.action) == ("root", action)


def test_the_history_of_a_user_holds_no_password(administrator: Client, scene: Scene) -> None:
    scene.everyone.set_password("another long password")
    scene.everyone.first_name = "Aino"
    scene.everyone.save()
    changes = LogEntry.objects.get_for_object(scene.everyone).values_list("changes", flat=True)
    assert any("first_name" in change for change in changes)
    assert not any("password" in change for change in changes)


@pytest.fixture
def northern_clerk(scene: Scene) -> Client:
    """Staff who may change metering points, in one segment."""
    clerk = make.make_user(is_staff=True, segments=[scene.north.segment])
    names = ["view_meteringpoint", "change_meteringpoint", "view_transformerarea", "view_utility", "view_segment"]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(clerk)
    return client


def test_staff_see_and_choose_only_what_is_open_to_them(northern_clerk: Client, scene: Scene) -> None:
    page = northern_clerk.get(reverse("admin:metering_meteringpoint_changelist"))
    assert [row.pk for row in page.context["cl"].result_list] == [scene.north.metering_point.pk]
    outside = northern_clerk.get(reverse("admin:metering_meteringpoint_change", args=[scene.south.metering_point.pk]))
    assert outside.status_code == 302
    query = {"app_label": "metering", "model_name": "meteringpoint", "field_name": "segment"}
    choices = northern_clerk.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [choice["id"] for choice in choices] == [str(scene.north.segment.pk)]


def test_a_row_cannot_be_moved_to_a_segment_that_is_not_open(northern_clerk: Client, scene: Scene) -> None:
    point = scene.north.metering_point
    page = northern_clerk.get(reverse("admin:metering_meteringpoint_change", args=[point.pk]))
    initial = page.context["adminform"].form.initial
    fields = {name: value for name, value in initial.items() if value is not None}
    response = northern_clerk.post(page.request["PATH_INFO"], fields | {"segment": scene.south.segment.pk})
    assert response.status_code == 200
    assert "segment" in response.context["adminform"].form.errors
    assert MeteringPoint.objects.get(pk=point.pk).segment == scene.north.segment


def test_a_changed_rhythm_of_a_schedule_counts_at_once(administrator: Client, scene: Scene) -> None:
    schedule = Schedule.objects.get()
    Schedule.objects.update(next_run_at=timezone.now() + timedelta(days=20))
    url = reverse("admin:headend_schedule_change", args=[schedule.pk])
    fields = {
        "utility": schedule.utility_id, "name": "Profiles", "kind": "profile", "rhythm": "minutes", "every_min": 5,
        "at_minute": 0, "expires_min": 60, "enabled": "on", "parameters": "{}", "blackouts": "[]",
        "month_day": 1, "nth": 1, "window_min": 0, "catch_up": "once", "catch_up_most": 3,
    }  # fmt: skip
    assert administrator.post(url, fields).status_code == 302
    schedule.refresh_from_db()
    assert schedule.next_run_at is not None and schedule.next_run_at <= timezone.now() + timedelta(minutes=5)
    page = administrator.post(url, fields | {"kind": "profil"})
    assert "kind" in page.context["adminform"].form.errors
