"""Values and comments through the API: who may, what is stored, what is refused and how that is said."""

import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from access.models import User
from metering import store
from metering.models import Series, ValueComment
from metering.quality import Quality
from metering.services.comments import add_comment
from metering.services.editing import MOST_VALUES
from metering.store import NO_VALUE
from tests import factories as make
from tests.api.scene import START, Scene, build

ORDER: dict[str, Any] = {
    "start": "2026-03-01T00:00:00Z", "step_s": 900, "values": [11, None, 30, None], "reason": "Read by hand",
}  # fmt: skip
COMMENT = {"starts_at": "2026-03-01T00:00:00Z", "ends_at": "2026-03-01T01:00:00Z", "text": "Meter exchanged"}


@pytest.fixture
def scene(db: None) -> Scene:
    cache.clear()
    scene = build()
    for user in (scene.everyone, scene.northerner, scene.stranger):
        user.user_permissions.add(*Permission.objects.filter(codename__in=["edit_values", "comment_values"]))
    make.make_values(scene.north.series, START, [10, 20, NO_VALUE, 40])
    return scene


def send(scene: Scene, series: Series, order: dict[str, Any], verb: str = "patch", user: User | None = None) -> Any:
    client = scene.client(user or scene.everyone)
    return getattr(client, verb)(f"/api/v1/series/{series.pk}/values/", order, content_type="application/json")


def stored(series: Series) -> tuple[list[int], list[int]]:
    matrix = store.read([series.pk], START, START + timedelta(hours=1))
    return matrix.values[0].tolist(), matrix.quality[0].tolist()


def test_values_are_changed_as_a_decision_with_its_reason(scene: Scene) -> None:
    series = scene.north.series
    answer = send(scene, series, ORDER)
    assert answer.status_code == 200, answer.content
    assert answer.json() == {"new": 1, "changed": 1, "unchanged": 2, "refused": 0, "refusals": []}
    assert stored(series) == ([11, 20, 30, 40], [Quality.EDITED, 0, Quality.EDITED, 0])
    origin = store.history(series.pk, START)[0].origin
    assert (origin.user_id, origin.rule, origin.message) == (scene.everyone.pk, "edit", "Read by hand")
    assert origin.action_id


def test_a_replaced_stretch_loses_what_is_null(scene: Scene) -> None:
    assert send(scene, scene.north.series, ORDER, "put").json()["changed"] == 3
    values, quality = stored(scene.north.series)
    assert values == [11, NO_VALUE, 30, NO_VALUE]
    assert quality == [Quality.EDITED, Quality.DELETED, Quality.EDITED, Quality.DELETED]


def test_runs_say_what_each_value_is(scene: Scene) -> None:
    runs = [{"name": "accepted", "count": 1}, {"name": "deleted", "count": 1}, {"name": "edited", "count": 2}]
    assert send(scene, scene.north.series, ORDER | {"values": [10, None, 7, 8], "quality": runs}).status_code == 200
    values, quality = stored(scene.north.series)
    assert values == [10, NO_VALUE, 7, 8]
    assert quality == [Quality.ACCEPTED, Quality.DELETED, Quality.EDITED, Quality.EDITED]


def test_sending_the_same_again_changes_nothing(scene: Scene) -> None:
    send(scene, scene.north.series, ORDER)
    assert send(scene, scene.north.series, ORDER).json() == {
        "new": 0, "changed": 0, "unchanged": 4, "refused": 0, "refusals": [],
    }  # fmt: skip
    assert len(store.history(scene.north.series.pk, START)) == 2


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"reason": ""}, "reason", "blank"),
        ({"step_s": 1800}, "step_s", "intervals of 900 s, not of 1800 s"),
        ({"start": "2026-03-01T00:07:00Z"}, "start", "does not start at"),
        ({"start": "2026-03-01T00:00:00"}, "start", "offset"),
        ({"values": []}, "values", "empty"),
        ({"values": [2**52]}, "values", "less than or equal"),
        ({"values": [1] * 36_001}, "values", "36000"),
        ({"quality": [{"name": "edited", "count": 3}]}, "quality", "cover 3 values, not 4"),
        ({"quality": [{"name": "measured", "count": 4}]}, "quality", "measured"),
        ({"at": ["2026-03-01T00:00:00Z"]}, "at", "does not belong"),
    ],
)
def test_what_does_not_fit_is_named(scene: Scene, change: dict[str, Any], field: str, words: str) -> None:
    answer = send(scene, scene.north.series, ORDER | change)
    assert answer.status_code == 400
    said = {name: " ".join(sentences) for name, sentences in answer.json()["errors"].items()}
    assert any(name.startswith(field) and words in sentence for name, sentence in said.items()), said
    assert stored(scene.north.series)[0] == [10, 20, NO_VALUE, 40]


def test_intervals_that_have_not_ended_have_no_value(scene: Scene) -> None:
    start = (timezone.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    answer = send(scene, scene.north.series, ORDER | {"start": start.isoformat()})
    assert answer.status_code == 400 and "not ended" in answer.json()["errors"]["values"][0]


def test_stands_are_refused(scene: Scene) -> None:
    answer = send(scene, scene.north.daily, {"at": [ORDER["start"]], "values": [5], "reason": "x"})
    assert answer.status_code == 409 and "as the meter showed them" in answer.json()["detail"]


def test_register_values_have_an_instant_each(scene: Scene) -> None:
    monthly = make.make_series(scene.north.metering_point, periodicity=Series.Periodicity.MONTHLY)
    at = ["2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"]
    order: dict[str, Any] = {"at": at, "values": [5, 6], "reason": "Read by hand"}
    assert send(scene, monthly, order).json()["new"] == 2
    backwards = send(scene, monthly, order | {"at": at[::-1]})
    assert backwards.json()["errors"]["at"] == ["The instants must ascend, each once."]


def test_what_changed_after_it_was_read_is_not_overwritten(scene: Scene) -> None:
    series, read = scene.north.series, timezone.now().isoformat()
    make.make_values(series, START, [15])
    refused = send(scene, series, ORDER | {"based_on": read})
    assert refused.status_code == 409 and "1 of these values changed" in refused.json()["detail"]
    assert send(scene, series, ORDER | {"based_on": timezone.now().isoformat()}).status_code == 200


@pytest.mark.parametrize("verb", ["patch", "put"])
def test_who_may_change_which_values(scene: Scene, verb: str) -> None:
    north, south = scene.north.series, scene.south.series
    assert send(scene, south, ORDER, verb, scene.northerner).status_code == 404
    assert send(scene, north, ORDER, verb, scene.stranger).status_code == 404
    reader = make.make_user("API client", utilities=[scene.utility])
    refused = send(scene, north, ORDER, verb, reader)
    assert refused.status_code == 403 and "metering.edit_values" in refused.json()["detail"]
    anonymous = Client().patch(f"/api/v1/series/{north.pk}/values/", ORDER, content_type="application/json")
    assert anonymous.status_code == 401
    assert send(scene, north, ORDER, verb, scene.northerner).status_code == 200


def post(scene: Scene, path: str, order: dict[str, Any], user: User | None = None) -> Any:
    return scene.client(user or scene.everyone).post(f"/api/v1/{path}", order, content_type="application/json")


def test_a_comment_is_added_listed_and_withdrawn(scene: Scene) -> None:
    made = post(scene, "value-comments/", COMMENT | {"series": scene.north.series.pk})
    assert made.status_code == 201
    comment = made.json()
    assert (comment["text"], comment["created_by"]) == ("Meter exchanged", scene.everyone.username)
    taken = post(scene, f"value-comments/{comment['id']}/withdraw/", {})
    assert (taken.status_code, taken.json()["withdrawn_by"]) == (200, scene.everyone.username)
    assert ValueComment.objects.get().withdrawn_at is not None


def test_comments_are_filtered_by_series_period_and_state(scene: Scene) -> None:
    kept = add_comment(scene.north.series, START, START + timedelta(hours=1), "one")
    client = scene.client(scene.everyone)
    rows: dict[str, str] = {"series": str(scene.north.series.pk), "start": "2026-03-01T00:30:00Z", "standing": "true"}
    found = client.get("/api/v1/value-comments/", rows).json()["results"]
    assert [row["id"] for row in found] == [kept.pk]
    for other in ({"start": "2026-03-01T01:00:00Z"}, {"end": "2026-03-01T00:00:00Z"}, {"standing": "false"}):
        assert client.get("/api/v1/value-comments/", rows | other).json()["results"] == []
    assert client.get("/api/v1/value-comments/", rows | {"standing": "perhaps"}).status_code == 400


def test_who_may_comment_on_what(scene: Scene) -> None:
    there = COMMENT | {"series": scene.south.series.pk}
    assert post(scene, "value-comments/", there, scene.northerner).status_code == 404
    reader = make.make_user("API client", utilities=[scene.utility])
    assert post(scene, "value-comments/", there, reader).status_code == 403
    comment = add_comment(scene.south.series, START, START + timedelta(hours=1), "south")
    assert post(scene, f"value-comments/{comment.pk}/withdraw/", {}, scene.northerner).status_code == 404
    wrong = post(scene, "value-comments/", there | {"ends_at": COMMENT["starts_at"]})
    assert wrong.status_code == 400 and "later than" in wrong.json()["errors"]["ends_at"][0]


def test_runs_of_far_too_many_values_are_refused_before_they_are_laid_out(scene: Scene) -> None:
    runs = [{"name": "edited", "count": MOST_VALUES}] * 1_000
    tracemalloc.start()
    answer = send(scene, scene.north.series, ORDER | {"quality": runs})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["quality"])
    assert peak < 50_000_000
