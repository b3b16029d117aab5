"""Making and changing schedules on screen, with the picture of the coming week."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from access.models import AuditRecord
from devices.models import DeviceGroup
from headend.models import Schedule
from tests.factories import make_administrator
from tests.scene import Scene, signed_in, text

NEW, PREVIEW = "/schedules/new/", "/schedules/preview/"


def fields(scene: Scene, **changed: Any) -> dict[str, Any]:
    given = {
        "utility": scene.utility.pk, "name": "Nightly", "kind": "daily", "target_kind": "all", "rhythm": "weekly",
        "weekdays": ["0", "4"], "at_minute": "06:30", "window_min": "30", "catch_up": "all", "catch_up_most": "2",
        "expires_min": "90", "blackouts": "Sat-Sun 00:00-05:00\ndaily 22:00-04:00",
    }  # fmt: skip
    return given | changed


def made(scene: Scene, **changed: Any) -> Schedule:
    response = signed_in(scene.mikko).post(NEW, fields(scene, **changed))
    assert response.status_code == 302, text(response)
    return Schedule.objects.get(name="Nightly")


def test_a_schedule_is_made_and_recorded_and_shows_its_coming_week(scene: Scene) -> None:
    schedule = made(scene)
    assert (schedule.at_minute, schedule.weekdays, schedule.window_min) == (390, [0, 4], 30)
    assert schedule.blackouts[1] == {"weekdays": list(range(7)), "start": 1320, "end": 240}
    assert schedule.next_run_at is not None
    assert AuditRecord.objects.filter(verb="schedule made", username="mikko").exists()
    page = text(signed_in(scene.mikko).get(schedule.get_absolute_url()))
    assert "Mon, Fri at 06:30" in page
    assert page.count('class="run"') >= 1
    assert "Each made up, up to a number: 2" in page


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"rhythm": "minutes", "every_min": "60", "offset_min": "5"}, {"every_min": 60, "at_minute": 5}),
        ({"rhythm": "monthly", "month_day": "31"}, {"month_day": 31, "at_minute": 390}),
        ({"rhythm": "nth_weekday", "nth": "5", "weekdays": ["1"]}, {"nth": 5, "weekdays": [1]}),
        ({"blackouts": ""}, {"blackouts": []}),
    ],
)
def test_every_rhythm_can_be_given(scene: Scene, changed: dict[str, Any], kept: dict[str, Any]) -> None:
    schedule = made(scene, **changed)
    assert {name: getattr(schedule, name) for name in kept} == kept


def test_once_is_a_local_time_of_the_utility(scene: Scene) -> None:
    day = datetime.now(UTC).date() + timedelta(days=400)
    schedule = made(scene, rhythm="once", once_at=day.isoformat(), at_minute="03:15", blackouts="")
    assert schedule.once_at is not None
    local = schedule.once_at.astimezone(scene.utility.zone)
    assert (local.date(), local.hour, local.minute) == (day, 3, 15)
    page = text(signed_in(scene.mikko).get(reverse("headend:schedule-change", args=[schedule.pk])))
    assert f'value="{day}"' in page
    assert 'value="03:15"' in page


def test_a_group_is_named_and_must_exist(scene: Scene) -> None:
    group = DeviceGroup.objects.create(utility=scene.utility, name="Large customers")
    client = signed_in(make_administrator())
    client.post(NEW, fields(scene, target_kind="group", target_value="Large customers"))
    kept = Schedule.objects.get(name="Nightly")
    assert kept.target == {"kind": "group", "values": [str(group.pk)]}
    assert "Large customers" in text(client.get(reverse("headend:schedule-change", args=[kept.pk])))
    response = client.post(NEW, fields(scene, name="Other", target_kind="group", target_value="Small ones"))
    assert response.status_code == 400
    assert "has no such group" in text(response)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"weekdays": []}, "Choose at least one weekday"),
        ({"rhythm": "once"}, "Say when it runs"),
        ({"rhythm": "once", "once_at": "2020-01-01"}, "This time has passed"),
        ({"at_minute": "25:00"}, "Write a time as 06:30"),
        ({"expires_min": "30"}, "The last devices begin after 30 min"),
        ({"blackouts": "whenever"}, "is not understood"),
        ({"blackouts": "Foo 10:00-11:00"}, "there is no day Foo"),
        ({"blackouts": "Mon 10:00-25:00"}, "there is no time 25:00"),
        ({"blackouts": "daily 00:00-24:00"}, "leave less than 60 minutes"),
        ({"name": "Load profile"}, "already exists"),
        ({"every_min": "0", "rhythm": "minutes"}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(scene: Scene, changed: dict[str, Any], said: str) -> None:
    response = signed_in(scene.mikko).post(NEW, fields(scene, **changed))
    assert response.status_code == 400
    assert said in text(response)
    assert 'value="90"' in text(response) or "expires_min" in changed
    assert Schedule.objects.count() == 1


def test_a_change_plans_the_next_run_anew(scene: Scene) -> None:
    schedule = made(scene)
    before = schedule.next_run_at
    client, url = signed_in(scene.mikko), reverse("headend:schedule-change", args=[schedule.pk])
    assert "Sat-Sun 00:00-05:00" in text(client.get(url))
    assert client.post(url, fields(scene, at_minute="07:45"))["Location"] == schedule.get_absolute_url()
    schedule.refresh_from_db()
    assert schedule.next_run_at is not None
    assert before is not None
    assert (schedule.next_run_at - before) % timedelta(days=1) == timedelta(hours=1, minutes=15)
    assert AuditRecord.objects.filter(verb="schedule changed").exists()


def test_the_picture_is_drawn_while_the_form_is_filled_in_and_without_scripts(scene: Scene) -> None:
    client = signed_in(scene.mikko)
    drawn = text(client.get(PREVIEW, fields(scene, name="", rhythm="daily", blackouts="")))
    assert drawn.count("06:30") >= 6
    assert drawn.count("<li>") == 5
    assert "All devices: <strong>2</strong> devices now" in drawn
    aimed = text(client.get(PREVIEW, fields(scene, target_kind="area", target_value="T-north")))
    assert "Transformer area: T-north: <strong>1</strong> device now" in aimed
    nowhere = text(client.get(PREVIEW, fields(scene, target_kind="area", target_value="T-west")))
    assert "Transformer area T-west has no metering points" in nowhere
    assert "Say when it runs" in text(client.get(PREVIEW, fields(scene, weekdays=[])))
    looked = client.post(NEW, fields(scene, look="1"))
    assert 'class="run"' in text(looked)
    assert Schedule.objects.count() == 1


def test_who_may_make_change_and_delete(scene: Scene) -> None:
    change, delete = (reverse(f"headend:schedule-{name}", args=[scene.schedule.pk]) for name in ("change", "delete"))
    for url in (NEW, change):
        assert signed_in(scene.pekka).get(url).status_code == 403
    assert signed_in(scene.stranger).get(change).status_code == 404
    elsewhere = signed_in(scene.stranger).post(NEW, fields(scene))
    assert elsewhere.status_code == 400
    assert signed_in(scene.mikko).post(delete).status_code == 403
    assert Schedule.objects.count() == 1


def test_the_list_shows_how_the_last_run_went(scene: Scene) -> None:
    assert "Done, some failed" in text(signed_in(scene.mikko).get("/schedules/"))
