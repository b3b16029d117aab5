"""Result groups, how rules do, and the card on the page of a metering point."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tests.queries import count_queries
from tests.scene import signed_in, text
from tests.validation.findings import DAY, Queue, make_finding
from validation.groups import counts_of, group_devices, group_series
from validation.models import Finding, ResultGroup
from validation.performance import performance

_State = Finding.State


def test_what_waits_in_a_group_by_age(queue: Queue) -> None:
    now = timezone.now()
    for days in (0.5, 3, 10, 11):
        make_finding(
            queue.series, day=DAY - timedelta(days=int(days) + 1), rule=queue.rule, due_at=now - timedelta(hours=1),
            found_at=now - timedelta(days=days),
        )  # fmt: skip
    make_finding(queue.world.foreign, rule=queue.rule)
    counts = counts_of([queue.group], queue.anna, now)[queue.group.pk]
    assert (counts.waiting, counts.today, counts.this_week, counts.older, counts.overdue) == (6, 3, 1, 2, 4)
    assert counts_of([queue.group], queue.world.pekka, now)[queue.group.pk].waiting == 5


def test_the_list_of_groups(queue: Queue) -> None:
    ResultGroup.objects.create(utility=queue.world.utility, name="Empty", description="Nothing so far")
    client = signed_in(queue.anna)
    page = text(client.get("/exceptions/groups/"))
    assert "Spikes" in page and "Nothing so far" in page
    assert (
        client.get(f"/exceptions/groups/{queue.group.pk}/").headers["Location"]
        == f"/exceptions/?group={queue.group.pk}"
    )
    assert "No result groups yet" in text(signed_in(queue.world.stranger).get("/exceptions/groups/"))
    assert signed_in(queue.world.stranger).get(f"/exceptions/groups/{queue.group.pk}/").status_code == 404


def test_series_and_devices_of_a_group_for_the_next_task(queue: Queue) -> None:
    assert list(group_series(queue.group)) == [queue.series]
    assert list(group_devices(queue.group)) == [queue.device]
    Finding.objects.update(state=_State.ACCEPTED)
    assert not group_series(queue.group) and not group_devices(queue.group)


def test_how_often_a_rule_was_wrong(queue: Queue) -> None:
    now = timezone.now()
    ended = [_State.ACCEPTED, _State.ACCEPTED, _State.ACCEPTED, _State.EDITED, _State.ESTIMATED, _State.RESOLVED]
    for number, state in enumerate(ended, start=1):
        by = None if state in (_State.ESTIMATED, _State.RESOLVED) else queue.anna
        make_finding(
            queue.series, day=DAY - timedelta(days=number), rule=queue.rule, state=state, closed_by=by,
            found_at=now - timedelta(hours=number + 2), closed_at=now - timedelta(hours=2),
        )  # fmt: skip
    with count_queries() as counted:
        spike = next(line for line in performance(queue.anna, now - timedelta(days=9)) if line.rule_name == "Spike")
    assert (spike.found, spike.waiting, spike.accepted, spike.edited, spike.estimated, spike.resolved) == (
        7,
        1,
        3,
        1,
        1,
        1,
    )
    assert (spike.decided, spike.false_positives) == (4, 75)
    assert spike.lasted_words == "3 h"
    assert sum("validation_finding" in statement for statement in counted.statements) == 1


def test_the_page_of_rules(queue: Queue) -> None:
    client = signed_in(queue.anna)
    page = text(client.get("/exceptions/rules/?days=90"))
    assert "Findings of the last 90 days" in page and "Spike" in page
    assert "Findings of the last 30 days" in text(client.get("/exceptions/rules/?days=9999999"))
    assert "Nothing was found in this time" in text(signed_in(queue.world.stranger).get("/exceptions/rules/"))


def test_a_metering_point_shows_what_waits_there(queue: Queue) -> None:
    client = signed_in(queue.anna)
    page = text(client.get(queue.world.north.get_absolute_url()))
    assert "Spike: 13.200 kWh" in page and f"/exceptions/?q={queue.world.north.gsrn}" in page
    assert "Spike" not in text(client.get(queue.world.south.get_absolute_url()))
