"""The page of an exception: why it is one, and deciding about it while looking at it."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from django.utils import timezone

from access.models import AuditRecord
from headend.models import Job
from metering.quality import Quality, QualityClass, quality_class
from metering.store import Matrix, read
from tests import factories as make
from tests.queries import count_queries
from tests.scene import signed_in, text
from tests.validation.findings import DAY, LIMIT, SPIKE, SPIKE_SLOT, Queue, make_finding
from validation.models import Finding
from validation.stretches import day_of


def url(finding: Finding, query: str = "") -> str:
    return f"/exceptions/{finding.pk}/{query}"


def stored(finding: Finding) -> Matrix:
    """What stands on its day."""
    day = day_of(finding)
    return read([finding.series_id], day.start, day.end)


def test_it_says_why(queue: Queue) -> None:
    page = text(signed_in(queue.anna).get(url(queue.spike)))
    for words in ("Spike: 13.200 kWh, limit 4.100 kWh", "Looks for", "96 of 100", "Third highest", "Rejected"):
        assert words in page, words
    # 25 October has 25 hours: slot 60 begins at 14:00, winter time.
    assert "2026-10-25 14:00 EET" in page
    assert page.count("Failed</span>") == 1


def test_a_gap_lists_each_of_its_intervals(queue: Queue) -> None:
    page = text(signed_in(queue.anna).get(url(queue.gap)))
    assert page.count("Failed</span>") == 4 and "No value" in page


def test_what_happened_near_it_is_beside_it(queue: Queue) -> None:
    day = day_of(queue.spike)
    make.make_event(queue.device, queue.world.north, "terminal_cover_removed", at=day.start + timedelta(hours=3))
    make.make_event(queue.device, queue.world.north, "power_down", at=day.start - timedelta(days=2))
    page = text(signed_in(queue.anna).get(url(queue.spike)))
    assert "Terminal cover removed" in page and "Power down" not in page
    assert "Missing: no value (4 intervals)" in page, "the other finding of the series"


def test_the_chart_has_three_days_the_limit_and_a_mark(queue: Queue) -> None:
    drawn = orjson.loads(signed_in(queue.anna).get(f"/exceptions/{queue.spike.pk}/chart.json").content)
    values, limit = drawn["series"]
    assert len(values["values"]) == 96 + 100 + 96 and values["values"][96 + SPIKE_SLOT] == SPIKE
    assert limit["values"][0] * 10 ** limit["exponent"] == pytest.approx(LIMIT / 1000)
    runs, at = values["quality"], 0
    marked = [at := at + count for _code, count in runs]
    assert runs[1] == [250, 1] and marked[0] == 96 + SPIKE_SLOT
    assert drawn["marked"][1] - drawn["marked"][0] == 900


def test_a_register_value_shows_the_readings_around_it(queue: Queue) -> None:
    series = make.make_series(queue.world.north, "1-0:1.8.1", kind="stand", periodicity="daily")
    days = [day_of(queue.spike).start + timedelta(days=number) for number in range(-20, 6)]
    make.make_register_values(series, {at: 1000 * (number + 1) for number, at in enumerate(days)})
    Finding.objects.filter(pk=queue.spike.pk).update(series=series, first_at=days[20], condition="lower_than_previous")
    page = text(signed_in(queue.anna).get(url(queue.spike)))
    assert page.count("Failed</span>") == 1 and page.count("Measured</span>") == 8 + 1 + 3
    assert "21.000" in page and "24.000" in page and "12.000" not in page
    assert 'name="method"' not in page and "chart.json" not in page
    assert signed_in(queue.anna).get(f"/exceptions/{queue.spike.pk}/chart.json").status_code == 404


def test_only_those_who_see_the_point_see_it(queue: Queue) -> None:
    foreign = make_finding(queue.world.foreign, rule=queue.rule)
    client = signed_in(queue.world.pekka)
    assert client.get(url(queue.spike)).status_code == 200
    assert client.get(url(foreign)).status_code == client.get(f"/exceptions/{foreign.pk}/chart.json").status_code == 404
    assert client.post(url(queue.spike), {"do": "accept", "reason": "x"}).status_code == 403


def test_accepting_leads_to_the_next_of_the_queue_as_filtered(queue: Queue) -> None:
    later = make_finding(queue.series, day=DAY + timedelta(days=1), rule=queue.rule)
    answer = signed_in(queue.anna).post(url(queue.spike, "?rule=Spike"), {"do": "accept", "reason": "Sauna evening"})
    assert answer.headers["Location"] == url(later, "?rule=Spike")
    queue.spike.refresh_from_db()
    assert (queue.spike.state, queue.spike.closed_by, queue.spike.reason) == ("accepted", queue.anna, "Sauna evening")
    assert stored(queue.spike).quality[0, SPIKE_SLOT] == Quality.ACCEPTED
    assert stored(queue.spike).values[0, SPIKE_SLOT] == SPIKE
    assert AuditRecord.objects.filter(verb="exceptions accepted", object_id=str(queue.spike.pk)).exists()


def test_the_last_one_leads_back_to_the_queue(queue: Queue) -> None:
    answer = signed_in(queue.anna).post(url(queue.gap, "?rule=Missing"), {"do": "accept", "reason": "Known"})
    assert answer.headers["Location"] == "/exceptions/?rule=Missing"


def test_without_a_reason_the_page_says_so_and_keeps_what_was_typed(queue: Queue) -> None:
    answer = signed_in(queue.anna).post(url(queue.spike), {"do": "accept", "reason": " ", "method": "flat"})
    assert answer.status_code == 409 and "Say why" in text(answer)
    assert '<option value="flat" selected>' in text(answer)


def test_who_comes_second_is_told(queue: Queue) -> None:
    Finding.objects.filter(pk=queue.spike.pk).update(state=Finding.State.RESOLVED)
    answer = signed_in(queue.anna).post(url(queue.spike), {"do": "accept", "reason": "x"})
    assert answer.status_code == 409 and "decided meanwhile" in text(answer)
    assert stored(queue.spike).quality[0, SPIKE_SLOT] == Quality.REJECTED


def test_values_that_changed_after_the_look_are_not_accepted(queue: Queue) -> None:
    client = signed_in(queue.anna)
    seen = text(client.get(url(queue.spike))).split('name="seen" value="')[1].split('"')[0]
    make.make_values(queue.series, day_of(queue.spike).start, [555])
    answer = client.post(url(queue.spike), {"do": "accept", "reason": "x", "seen": seen})
    assert answer.status_code == 409 and "changed after you looked" in text(answer)
    assert Finding.objects.get(pk=queue.spike.pk).state == "open"


def test_estimating_by_a_named_method_is_a_decision_that_stays(queue: Queue) -> None:
    signed_in(queue.anna).post(url(queue.gap), {"do": "estimate", "method": "linear", "reason": "Meter changed"})
    queue.gap.refresh_from_db()
    assert (queue.gap.state, queue.gap.method, queue.gap.closed_by) == ("estimated", 3, queue.anna)
    day = stored(queue.gap)
    assert (quality_class(day.quality[0, 20:24]) == QualityClass.DECIDED).all()
    assert day.values[0, 20:24].tolist() == [105, 104, 104, 103]
    assert queue.gap.after == day.values[0].sum()


def test_what_stood_there_when_it_was_found_stays_visible(queue: Queue) -> None:
    client = signed_in(queue.anna)
    client.post(url(queue.spike), {"do": "estimate", "method": "linear"})
    now, then, _limit = orjson.loads(client.get(f"/exceptions/{queue.spike.pk}/chart.json").content)["series"]
    at = 96 + SPIKE_SLOT
    assert (now["values"][at], then["values"][at]) == (104, SPIKE)
    assert [250, 1] in then["quality"] and [250, 1] not in now["quality"]
    page = text(client.get(url(queue.spike)))
    assert "interpolated" in page and "13.200" in page and "Estimated: interpolated" in page


def test_a_method_that_has_no_answer_says_so(queue: Queue) -> None:
    answer = signed_in(queue.anna).post(url(queue.gap), {"do": "estimate", "method": "check_meter"})
    assert answer.status_code == 409 and "No method has an answer" in text(answer)
    bad = signed_in(queue.anna).post(url(queue.gap), {"do": "estimate", "method": "guess"})
    assert bad.status_code == 409 and "There is no method" in text(bad)


def test_reading_again_makes_a_job_over_just_these_intervals(queue: Queue) -> None:
    answer = signed_in(queue.anna).post(url(queue.gap), {"do": "reread"}, follow=True)
    job = Job.objects.get(kind="reread")
    start = day_of(queue.gap).start
    edges = [start + timedelta(minutes=15 * slot) for slot in (20, 24)]
    assert job.parameters["stretches"] == {
        str(queue.device.pk): [[edge.isoformat(timespec="seconds") for edge in edges]]
    }
    assert [item.device for item in job.items.all()] == [queue.device]
    assert Finding.objects.get(pk=queue.gap.pk).state == "reread"
    assert f"job {job.pk}" in text(answer)


def test_without_a_device_nothing_is_read_again(queue: Queue) -> None:
    alone = make_finding(queue.world.foreign, rule=queue.rule)
    answer = signed_in(queue.anna).post(url(alone), {"do": "reread"})
    assert answer.status_code == 409 and "No device" in text(answer)


def test_editing_leads_to_the_stretch_in_the_data_browser(queue: Queue) -> None:
    page = text(signed_in(queue.anna).get(url(queue.gap)))
    link = page.split('href="/values/change/?')[1].split('"')[0].replace("&amp;", "&")
    edit = signed_in(queue.anna).get(f"/values/change/?{link}")
    # The clock went back at 04:00 that night: the gap begins in the second of the two hours after three.
    assert edit.status_code == 200 and "25 October 2026" in text(edit)
    assert "/values/change/" not in text(signed_in(queue.world.pekka).get(url(queue.gap)))


def test_owner_priority_and_comments(queue: Queue) -> None:
    client = signed_in(queue.anna)
    client.post(url(queue.spike), {"do": "take"})
    client.post(url(queue.spike), {"do": "move", "priority": "3"})
    page = text(client.post(url(queue.spike), {"do": "comment", "comment": "<b>asked</b> the customer"}, follow=True))
    queue.spike.refresh_from_db()
    assert (queue.spike.owner, queue.spike.priority) == (queue.anna, 3)
    assert "&lt;b&gt;asked&lt;/b&gt;" in page
    assert client.post(url(queue.spike), {"do": "comment", "comment": " "}).status_code == 409
    assert client.post(url(queue.spike), {"do": "assign", "owner": queue.world.stranger.username}).status_code == 409
    assert client.post(url(queue.spike), {"do": "nonsense"}).status_code == 404


def test_a_decided_one_says_by_whom_and_offers_no_decision(queue: Queue) -> None:
    Finding.objects.filter(pk=queue.spike.pk).update(
        state="accepted", closed_by=queue.anna, closed_at=timezone.now(), reason="Sauna evening"
    )
    page = text(signed_in(queue.anna).get(url(queue.spike)))
    assert "Sauna evening" in page and queue.anna.username in page and 'value="accept"' not in page


def test_the_page_costs_the_same_with_a_long_history(queue: Queue) -> None:
    client = signed_in(queue.anna)
    client.get(url(queue.spike))
    with count_queries() as few:
        client.get(url(queue.spike))
    for number in range(1, 12):
        make_finding(queue.series, day=DAY - timedelta(days=number), rule=queue.rule)
    with count_queries() as many:
        client.get(url(queue.spike))
    assert many.number == few.number
