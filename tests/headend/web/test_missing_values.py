"""What is missing, why, and what happens next: one list, led to from the dashboard."""

from datetime import datetime, timedelta

from django.utils import timezone

from headend import kinds
from headend.models import Gap, Job
from tests.queries import count_queries
from tests.scene import Scene, signed_in, text

URL = "/missing-values/"


def gap(scene: Scene, *, silent: bool = True, hours: int = 6, **fields: object) -> Gap:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    span = {"starts_at": now - timedelta(hours=hours), "ends_at": now - timedelta(hours=hours - 2)}
    given = {"obis": "1-0:99.1.0", "found_at": now, **span, **fields}
    return Gap.objects.create(device=scene.silent if silent else scene.near, **given)


def page(scene: Scene, **query: str) -> str:
    return text(signed_in(scene.mikko).get(URL, query))


def test_it_says_why_and_what_happens_next(scene: Scene) -> None:
    scene.job.items.update(state="ok")
    type(scene.silent).objects.filter(pk=scene.silent.pk).update(state="in_operation")
    gap(scene, again_at=timezone.now() + timedelta(minutes=40), asked=1)
    gap(scene, silent=False, state="not_held", tries=3)
    gap(scene, silent=False, hours=20)
    gap(scene, silent=False, hours=25, tries=1, tried_at=timezone.now())
    gap(scene, silent=False, hours=30, state="filled")
    shown = page(scene)
    assert shown.count("1-0:99.1.0") == 0, "the profile is a column one may choose"
    assert "The device does not answer" in shown
    assert "Asked for again, not before" in shown
    assert "The meter answered and did not bring them" in shown
    assert "Just asked for; what came is compared within 5 minutes" in shown
    assert "3 good sessions did not bring it" in shown
    assert "Not asked for since they were found missing" in shown
    assert "Asked for by the next job" in shown
    assert shown.count(scene.near.get_absolute_url()) >= 2


def test_it_is_filtered_by_day_state_and_device(scene: Scene) -> None:
    old = gap(scene, hours=100)
    new = gap(scene, silent=False, state="not_held")
    day = timezone.localtime(old.starts_at).date().isoformat()
    assert new.device.get_absolute_url() not in page(scene, day=day)
    assert old.device.get_absolute_url() in page(scene, day=day)
    assert old.device.get_absolute_url() not in page(scene, state="not_held")
    assert old.device.get_absolute_url() not in page(scene, q=new.device.serial_number)
    assert page(scene, day="9999-12-31")


def test_what_is_missing_is_asked_for_at_once(scene: Scene) -> None:
    open_gap, held = gap(scene, silent=False), gap(scene, silent=False, hours=50, state="not_held")
    client = signed_in(scene.mikko)
    url = f"{URL}?action=ask&pk={open_gap.pk}&pk={held.pk}"
    assert "the meter does not hold them" in text(client.get(url))
    answer = client.post(url, {"count": "1"})
    job = Job.objects.get(kind=kinds.GAPS.code)
    assert answer["Location"] == job.get_absolute_url()
    assert [item.device for item in job.items.all()] == [scene.near]
    assert "A job asks for it now" in page(scene)


def test_who_may_see_it(scene: Scene) -> None:
    one = gap(scene)
    assert signed_in(scene.pekka).get(URL).status_code == 403
    assert one.device.serial_number not in text(signed_in(scene.stranger).get(URL))


def test_the_dashboard_and_the_report_lead_there(scene: Scene) -> None:
    client = signed_in(scene.mikko)
    for path in ("/", "/reports/deliveries/"):
        assert f'href="{URL}"' in text(client.get(path)), path
    assert f'href="{URL}"' not in text(signed_in(scene.pekka).get("/"))


def test_queries_do_not_grow_with_gaps(scene: Scene) -> None:
    client = signed_in(scene.mikko)
    client.get(URL)
    gap(scene)
    with count_queries() as one:
        client.get(URL)
    for number in range(5):
        gap(scene, silent=bool(number % 2), hours=10 * number + 20)
    with count_queries() as many:
        client.get(URL)
    assert many.number == one.number


def test_times_are_local(scene: Scene) -> None:
    row = gap(scene)
    local = timezone.localtime(row.starts_at, scene.utility.zone)
    assert isinstance(local, datetime)
    assert f"{local:%H:%M}" in page(scene)
