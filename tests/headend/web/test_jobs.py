"""Jobs: the list, the page, retrying, cancelling, and the running ones in the bar."""

import pytest
from django.test import Client
from django.urls import reverse

from access.models import AuditRecord
from access.roles import METERING_OPERATOR
from headend.forms import TYPED_FROM
from headend.models import Job, JobItem
from tests import factories as make
from tests.queries import count_queries
from tests.scene import NASTY, Scene, signed_in, text

LIST = "/jobs/"


def url(name: str, job: Job) -> str:
    return reverse(f"headend:{name}", args=[job.pk])


def seen(client: Client, path: str, **query: str) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return text(response)


def open_job(scene: Scene, devices: int = 2) -> Job:
    more = [make.make_device(scene.utility) for _ in range(devices - 2)]
    return make.make_job(scene.utility, [scene.near, scene.silent, *more], title="Open job", action="a2")


def test_the_list_counts_what_the_user_may_see(scene: Scene) -> None:
    asked = {"format": "csv", "columns": "title,devices,failed,who"}
    whole, part = (seen(signed_in(user), LIST, **asked) for user in (scene.mikko, scene.pekka))
    assert whole.splitlines()[1] == "Load profile,2,1,Schedule"
    assert part.splitlines()[1] == "Load profile,1,0,Schedule"


def test_the_list_is_of_ones_own_utility(scene: Scene) -> None:
    assert "No jobs yet" in seen(signed_in(scene.stranger), LIST)
    assert signed_in(scene.roleless).get(LIST).status_code == 403
    assert Client().get(LIST).status_code == 302


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "done"}, True),
        ({"state": "running"}, False),
        ({"kind": "profile"}, True),
        ({"kind": "daily"}, False),
        ({"by": "schedule"}, True),
        ({"by": "person"}, False),
        ({"by": "system"}, False),
        ({"failed": "yes"}, True),
        ({"q": "load"}, True),
        ({"q": "billing"}, False),
        ({"created_before": "2020-01-01"}, False),
        ({"created_after": "2020-01-01"}, True),
        ({"created_after": "2099-01-01"}, False),
    ],
)
def test_filters(scene: Scene, query: dict[str, str], found: bool) -> None:
    assert (scene.job.get_absolute_url() in seen(signed_in(scene.mikko), LIST, **query)) == found


def test_a_job_is_found_by_a_device_in_reach(scene: Scene) -> None:
    for user, device, found in (
        (scene.mikko, scene.silent, True),
        (scene.pekka, scene.near, True),
        (scene.pekka, scene.silent, False),
    ):
        page = seen(signed_in(user), LIST, q=device.serial_number)
        assert (scene.job.get_absolute_url() in page) == found
    assert scene.job.get_absolute_url() not in seen(signed_in(scene.pekka), LIST, failed="yes")


def test_queries_do_not_grow_with_the_jobs(scene: Scene) -> None:
    client, counts = signed_in(scene.mikko), []
    for number in (0, 12):
        for _ in range(number):
            make.make_job(scene.utility, [scene.near], state="ok")
        with count_queries() as counted:
            client.get(LIST)
        counts.append(counted.number)
    assert counts[0] == counts[1] <= 20


def test_the_page_says_what_became_of_every_device(scene: Scene) -> None:
    page = seen(signed_in(scene.mikko), scene.job.get_absolute_url())
    assert "100 % done" in page and "1 ok" in page and "1 failed" in page
    assert "The device does not answer" in page and "Check power, coverage" in page
    assert reverse("headend:schedule", args=[scene.schedule.pk]) in page and "a1" in page
    assert NASTY not in page


def test_the_page_shows_the_devices_of_the_segment_only(scene: Scene) -> None:
    page = seen(signed_in(scene.pekka), scene.job.get_absolute_url())
    assert scene.near.serial_number in page and scene.silent.serial_number not in page
    assert "Retry" not in page
    assert signed_in(scene.stranger).get(scene.job.get_absolute_url()).status_code == 404


def test_a_job_that_touches_nothing_of_the_segment_is_not_found(scene: Scene) -> None:
    job = make.make_job(scene.utility, [scene.silent])
    assert signed_in(scene.pekka).get(job.get_absolute_url()).status_code == 404
    assert signed_in(scene.pekka).get(url("job-head", job)).status_code == 404


def test_a_running_job_is_asked_for_again_until_it_ends(scene: Scene) -> None:
    client, job = signed_in(scene.mikko), open_job(scene)
    assert "hx-trigger" in _head(client, job) and "Cancel" in _head(client, job)
    JobItem.objects.filter(job=job).update(state="ok")
    Job.objects.filter(pk=job.pk).update(state="done", finished_at=job.created_at)
    assert f"{url('job-head', job)}?seen" not in _head(client, job)


def test_the_list_of_devices_is_fetched_when_something_changed(scene: Scene) -> None:
    client, job = signed_in(scene.mikko), open_job(scene)
    assert "#list-items" not in _head(client, job, seen="0-0")
    JobItem.objects.filter(job=job, device=scene.near).update(state="running")
    page = _head(client, job, seen="0-0", current=f"http://testserver{job.get_absolute_url()}?state=running")
    assert f'hx-get="{job.get_absolute_url()}?state=running"' in page
    elsewhere = _head(client, job, seen="0-0", current='http://evil.example/"><script>')
    assert f'hx-get="{job.get_absolute_url()}?"' in elsewhere and "<script>" not in elsewhere


def test_retrying_lets_what_failed_wait_again(scene: Scene) -> None:
    response = signed_in(scene.mikko).post(url("job-retry", scene.job))
    assert response["Location"] == scene.job.get_absolute_url()
    assert (scene.bad.state, scene.good.state) == ("waiting", "ok")
    assert AuditRecord.objects.filter(verb="job retried", username="mikko").exists()


def test_cancelling_is_asked_first(scene: Scene) -> None:
    client, job = signed_in(scene.mikko), open_job(scene)
    assert "<strong>2</strong> waiting devices will not be read" in seen(client, url("job-cancel", job))
    assert job.items.filter(state="waiting").count() == 2
    client.post(url("job-cancel", job))
    assert job.items.filter(state="cancelled").count() == 2
    assert AuditRecord.objects.filter(verb="job cancelled", username="mikko").exists()


def test_many_devices_are_cancelled_by_typing_only(scene: Scene) -> None:
    client, job = signed_in(scene.mikko), open_job(scene, devices=TYPED_FROM + 1)
    refused = client.post(url("job-cancel", job), {"typed": "yes"})
    assert refused.status_code == 400 and "Type &quot;cancel&quot; to confirm" in text(refused)
    assert job.items.filter(state="cancelled").count() == 0
    assert client.post(url("job-cancel", job), {"typed": " cancel "}).status_code == 302
    assert job.items.filter(state="cancelled").count() == TYPED_FROM + 1


@pytest.mark.parametrize("name", ["job-retry", "job-cancel"])
def test_who_may_steer_a_job(scene: Scene, name: str) -> None:
    job = open_job(scene)
    assert signed_in(scene.pekka).post(url(name, job)).status_code == 403
    assert signed_in(scene.stranger).post(url(name, job)).status_code == 404
    assert Client().post(url(name, job)).status_code == 302
    assert job.items.filter(state="waiting").count() == 2


@pytest.mark.parametrize("name", ["job-retry", "job-cancel"])
def test_a_job_of_several_segments_is_not_steered_from_one(scene: Scene, name: str) -> None:
    job = open_job(scene)
    local = make.make_user(METERING_OPERATOR, segments=[scene.near.segment] if scene.near.segment else [])
    refused = signed_in(local).post(url(name, job))
    assert refused.status_code == 403 and "outside your segments" in text(refused)
    own = make.make_job(scene.utility, [scene.near])
    assert signed_in(local).post(url(name, own)).status_code == 302


def test_the_bar_counts_the_running_jobs_in_reach(scene: Scene) -> None:
    make.make_job(scene.utility, [scene.silent])
    make.make_job(scene.utility, [scene.near])
    path = reverse("headend:running")
    assert "2 jobs running" in seen(signed_in(scene.mikko), path)
    assert "1 job running" in seen(signed_in(scene.pekka), path)
    assert seen(signed_in(scene.stranger), path).strip() == ""
    assert seen(signed_in(scene.roleless), path) == ""
    assert Client().get(path).status_code == 302


def _head(client: Client, job: Job, seen: str = "", current: str = "") -> str:
    headers = {"HX-Request": "true", "HX-Current-URL": current}
    return text(client.get(url("job-head", job), {"seen": seen}, headers=headers))
