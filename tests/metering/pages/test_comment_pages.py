"""Comments beside the values: in table, chart and file; added and withdrawn by those who may."""

from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from metering import panels
from metering.models import ValueComment
from metering.services.comments import add_comment
from tests.metering.pages.world import NASTY, World, store_day, utc
from tests.scene import signed_in

DAY = date(2026, 6, 2)
START, END = utc(2026, 6, 2, 5), utc(2026, 6, 2, 6)


@pytest.fixture
def commented(world: World) -> World:
    """A day of values and a comment on one of its hours, 08:00 to 09:00 local time."""
    store_day(world.consumption, DAY, 10)
    add_comment(world.consumption, START, END, NASTY, world.anna)
    return world


def get(client: Client, world: World, name: str = "values", **query: str) -> Any:
    asked = {"series": str(world.consumption.pk), "period": "day", "date": DAY.isoformat(), **query}
    return client.get(reverse(f"metering:{name}"), asked)


def post(client: Client, world: World, **fields: str) -> Any:
    asked = {
        "series": str(world.consumption.pk), "start": "2026-06-02T10:00", "end": "2026-06-02T11:00",
        "text": "Meter exchanged", "back": "/values/?series=1", **fields,
    }  # fmt: skip
    return client.post(reverse("metering:add-comment"), asked)


def test_a_comment_is_shown_in_table_list_chart_and_file(commented: World) -> None:
    client = signed_in(commented.anna)
    page = get(client, commented).content.decode()
    assert 'href="#comment-1"' in page and 'id="comment-1"' in page
    assert NASTY not in page and NASTY in unescape(page)
    (note,) = get(client, commented, "chart").json()["notes"]
    assert (note["number"], note["series"], note["text"]) == (1, commented.consumption.pk, NASTY)
    assert (note["start"], note["end"]) == (int(START.timestamp()), int(END.timestamp()))
    lines = b"".join(get(client, commented, format="csv").streaming_content).decode().splitlines()
    assert len([line for line in lines if "Söhne" in line]) == 4


def test_a_comment_is_added_in_local_time_and_leads_back(commented: World) -> None:
    answer = post(signed_in(commented.anna), commented)
    assert (answer.status_code, answer.url) == (302, "/values/?series=1")
    comment = ValueComment.objects.get(text="Meter exchanged")
    assert (comment.starts_at, comment.ends_at) == (utc(2026, 6, 2, 7), utc(2026, 6, 2, 8))
    assert comment.created_by == commented.anna


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": "  "}, "comment: This field is required"),
        ({"start": "2026-06-03T00:00"}, "later than"),
        ({"start": "soon"}, "soon"),
        ({"text": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_what_is_no_comment_is_said(commented: World, fields: dict[str, str], words: str) -> None:
    client = signed_in(commented.anna)
    post(client, commented, **fields)
    assert words in unescape(get(client, commented).content.decode())
    assert ValueComment.objects.count() == 1


def test_nobody_is_led_to_another_site(commented: World) -> None:
    answer = post(signed_in(commented.anna), commented, back="https://elsewhere.example/")
    assert answer.url == reverse("metering:values")


def test_a_withdrawn_comment_is_no_longer_shown(commented: World) -> None:
    client, comment = signed_in(commented.anna), ValueComment.objects.get()
    answer = client.post(reverse("metering:withdraw-comment", args=[comment.pk]), {"back": "/values/"})
    assert answer.status_code == 302
    assert "comment-1" not in get(client, commented).content.decode()
    comment.refresh_from_db()
    assert comment.withdrawn_by == commented.anna


def test_who_may_comment(commented: World) -> None:
    assert post(signed_in(commented.pekka), commented).status_code == 403
    assert post(signed_in(commented.stranger), commented).status_code == 404
    assert post(signed_in(commented.anna), commented, series=str(commented.foreign.pk)).status_code == 302
    withdraw = reverse("metering:withdraw-comment", args=[ValueComment.objects.earliest("pk").pk])
    assert signed_in(commented.pekka).post(withdraw).status_code == 403
    assert signed_in(commented.stranger).post(withdraw).status_code == 404
    page = get(signed_in(commented.pekka), commented).content.decode()
    assert "comment-1" in page and "Add a comment" not in page and "Withdraw" not in page


def test_other_apps_offer_actions_for_the_series_shown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_selection_actions", {})

    def address(series: Any, start: Any, end: Any) -> str:
        return f"/export/?series={','.join(str(each.pk) for each in series)}&from={start:%Y-%m-%dT%H:%MZ}"

    for name, permission in (("file", "metering.view_series"), ("hidden", "auth.delete_user")):
        panels.register_selection_action(panels.SelectionAction(name, f"Do {name}", permission, address))
    page = unescape(get(signed_in(world.anna), world).content.decode())
    assert f'href="/export/?series={world.consumption.pk}&from=2026-06-01T21:00Z"' in page and "Do file" in page
    assert "Do hidden" not in page
