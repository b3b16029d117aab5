"""The exception queue: who sees what, its order, its filters, and what is done with several at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from access.models import AuditRecord
from metering.quality import Quality
from metering.store import read
from tests import factories as make
from tests.queries import count_queries
from tests.scene import signed_in, text
from tests.validation.findings import DAY, SPIKE_SLOT, Queue, make_finding
from validation.models import Finding, ResultGroup
from validation.stretches import day_of

URL = "/exceptions/"


def test_it_says_in_words_what_was_found(queue: Queue) -> None:
    page = text(signed_in(queue.anna).get(URL))
    assert "Spike: 13.200 kWh, limit 4.100 kWh" in page
    assert "Missing: no value (4 intervals)" in page
    assert queue.world.north.gsrn in page and DAY.isoformat() in page


def test_each_sees_what_lies_in_their_segments(queue: Queue) -> None:
    make_finding(queue.world.foreign, rule=queue.rule)
    north_only = text(signed_in(queue.world.pekka).get(URL))
    assert queue.world.north.gsrn in north_only and queue.world.south.gsrn not in north_only
    assert "No exceptions wait" in text(signed_in(queue.world.stranger).get(URL))
    assert signed_in(queue.world.roleless).get(URL).status_code == 403
    assert Client().get(URL).status_code == 302


def test_the_most_urgent_comes_first_whatever_came_first(queue: Queue) -> None:
    now = timezone.now()
    Finding.objects.filter(pk=queue.spike.pk).update(priority=50, due_at=now + timedelta(hours=9))
    Finding.objects.filter(pk=queue.gap.pk).update(priority=50, due_at=None)
    urgent = make_finding(queue.series, day=DAY - timedelta(days=1), rule=queue.rule, priority=20)
    soon = make_finding(queue.series, day=DAY + timedelta(days=1), rule=queue.rule, due_at=now + timedelta(hours=1))
    page = text(signed_in(queue.anna).get(URL))
    order = [page.index(f'value="{each.pk}" aria-label') for each in (urgent, soon, queue.spike, queue.gap)]
    assert order == sorted(order)


def test_pages_follow_each_other_in_that_order(queue: Queue) -> None:
    for number in range(30):
        make_finding(
            queue.series, day=DAY - timedelta(days=number), priority=number % 3, rule=queue.rule if number else None
        )
    first = signed_in(queue.anna).get(URL, {"size": "25"})
    page = text(first)
    assert page.count('name="pk"') == 25
    after = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert text(signed_in(queue.anna).get(URL + after)).count('name="pk"') == 7


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"spike", "gap"}),
        ({"owner": "me"}, {"gap"}),
        ({"owner": "nobody"}, {"spike"}),
        ({"owner": "others"}, set()),
        ({"rule": "spi"}, {"spike"}),
        ({"condition": "missing"}, {"gap"}),
        ({"severity": "error"}, {"gap"}),
        ({"due": "overdue"}, {"gap"}),
        ({"due": "today"}, {"gap"}),
        ({"state": "accepted"}, {"old"}),
        ({"state": "all"}, {"spike", "gap", "old"}),
        ({"day_after": "2026-10-25", "day_before": "2026-10-25"}, {"spike", "gap"}),
        ({"q": "north"}, {"spike", "gap"}),
        ({"q": "nowhere"}, set()),
    ],
)
def test_filters(queue: Queue, query: dict[str, str], shown: set[str]) -> None:
    old = make_finding(queue.series, day=DAY - timedelta(days=9), rule=queue.rule, state=Finding.State.ACCEPTED)
    Finding.objects.filter(pk=queue.gap.pk).update(
        owner=queue.anna, severity="error", due_at=timezone.now() - timedelta(hours=1)
    )
    page = text(signed_in(queue.anna).get(URL, query))
    named = {"spike": queue.spike, "gap": queue.gap, "old": old}
    assert {name for name, each in named.items() if f'value="{each.pk}" aria-label' in page} == shown


def test_filters_by_group_and_area_offer_only_what_is_open(queue: Queue) -> None:
    foreign = ResultGroup.objects.create(utility=make.make_utility("other"), name="Secret")
    client, area = signed_in(queue.anna), queue.world.north.transformer_area
    page = text(client.get(URL, {"group": queue.group.pk, "area": area.pk if area else 0}))
    assert f'value="{queue.spike.pk}" aria-label' in page and f'value="{queue.gap.pk}" aria-label' not in page
    assert "Secret" not in page
    assert "A filter is not valid" in text(client.get(URL, {"group": foreign.pk}))


def test_what_should_be_decided_by_now_says_so(queue: Queue) -> None:
    assert "Overdue</span>" not in text(signed_in(queue.anna).get(URL))
    Finding.objects.filter(pk=queue.gap.pk).update(due_at=timezone.now() - timedelta(hours=1))
    assert text(signed_in(queue.anna).get(URL)).count("Overdue</span>") == 1


def test_a_page_costs_the_same_for_any_number_of_rows(queue: Queue) -> None:
    client = signed_in(queue.anna)
    client.get(URL)
    with count_queries() as few:
        client.get(URL)
    for number in range(20):
        make_finding(queue.series, day=DAY - timedelta(days=number + 1), rule=queue.rule, owner=queue.anna)
    with count_queries() as many:
        client.get(URL)
    assert many.number == few.number


def test_the_file_has_the_same_rows(queue: Queue) -> None:
    file = text(signed_in(queue.anna).get(URL, {"format": "csv", "owner": "nobody", "rule": "Spike"}))
    assert "Spike: 13.200" in file and "Missing" not in file


def test_how_many_wait_stands_in_the_navigation(queue: Queue) -> None:
    assert "2<span" in text(signed_in(queue.anna).get(f"{URL}count/"))
    assert text(signed_in(queue.world.stranger).get(f"{URL}count/")).strip() == ""


def test_several_are_accepted_with_one_reason(queue: Queue) -> None:
    client, query = signed_in(queue.anna), f"{URL}?action=accept&all=1"
    assert "Accept: 2 exceptions?" in text(client.get(query))
    answer = client.post(query, {"count": "2", "note": "Confirmed by phone"}, follow=True)
    assert "2 exceptions are accepted; 1 values changed." in text(answer)
    assert set(Finding.objects.values_list("state", "reason")) == {("accepted", "Confirmed by phone")}
    day = day_of(queue.spike)
    assert read([queue.series.pk], day.start, day.end).quality[0, SPIKE_SLOT] == Quality.ACCEPTED
    record = AuditRecord.objects.filter(verb="exceptions accepted").get()
    assert record.details["count"] == 2 and record.details["reason"] == "Confirmed by phone"


def test_without_a_reason_nothing_is_accepted(queue: Queue) -> None:
    query = f"{URL}?action=accept&pk={queue.spike.pk}"
    assert "Say why" in text(signed_in(queue.anna).post(query, {"count": "1", "note": " "}, follow=True))
    assert set(Finding.objects.values_list("state", flat=True)) == {"open"}


def test_assigning_and_moving_several(queue: Queue) -> None:
    client = signed_in(queue.anna)
    client.post(f"{URL}?action=take&all=1", {"count": "2"})
    assert set(Finding.objects.values_list("owner__username", flat=True)) == {queue.anna.username}
    assert "There is no user" in text(
        client.post(f"{URL}?action=assign&all=1", {"count": "2", "note": "nobody-known"}, follow=True)
    )
    client.post(f"{URL}?action=assign&all=1", {"count": "2", "note": ""})
    assert set(Finding.objects.values_list("owner", flat=True)) == {None}
    client.post(f"{URL}?action=move&all=1", {"count": "2", "note": "7"})
    assert set(Finding.objects.values_list("priority", flat=True)) == {7}
    assert "A priority" in text(client.post(f"{URL}?action=move&all=1", {"count": "2", "note": "-1"}, follow=True))


def test_who_only_looks_decides_nothing(queue: Queue) -> None:
    client = signed_in(queue.world.pekka)
    assert 'value="accept"' not in text(client.get(URL))
    assert client.post(f"{URL}?action=accept&all=1", {"count": "2", "note": "x"}).status_code == 403
    assert set(Finding.objects.values_list("state", flat=True)) == {"open"}


def test_decided_ones_are_left_out_and_said_so(queue: Queue) -> None:
    Finding.objects.filter(pk=queue.gap.pk).update(state=Finding.State.RESOLVED)
    page = text(signed_in(queue.anna).get(URL, {"action": "accept", "all": "1", "state": "all"}))
    assert "Accept: 1 exceptions?" in page and "they are decided already" in page
