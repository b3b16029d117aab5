"""What limited network segments carry, on the page and in the metrics."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from access.roles import CUSTOMER_SERVICE, METERING_OPERATOR
from headend.models import JobItem, SegmentLimit
from headend.permits import Permits, Segment, Wanted
from headend.permits.valkey import Server
from headend.steps import WAITS_FOR_SEGMENT
from tests.factories import make_device, make_device_model, make_user, make_utility
from tests.headend.claiming import job_over
from tests.headend.permits.asking import NOBODY, fresh_server
from tests.headend.slave_meters import slave_of

pytestmark = pytest.mark.django_db
URL = "/segments/"


@pytest.fixture(autouse=True)
def server() -> Iterator[Server]:
    with fresh_server(now=None) as found:
        yield found


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(make_user(METERING_OPERATOR, utilities=[make_utility()]))
    return client


def _in_use(cell: str, sessions: int) -> None:
    SegmentLimit.objects.get_or_create(kind="cell", name="", defaults={"sessions": 5, "per_second": 20.0})
    make_device(make_utility(), cell=cell)
    Permits("w", urgent=True).acquire([Wanted(k, (Segment("cell", cell),)) for k in range(sessions)])


def test_sessions_refusals_and_who_waits_are_shown(operator: Client) -> None:
    _in_use("A1", 7)
    job_over(make_utility())
    JobItem.objects.update(step=WAITS_FOR_SEGMENT)
    page = operator.get(URL).content.decode()
    (row,) = [part for part in page.split("<tr>") if ">A1<" in part]
    cells = [cell.split("</td>")[0] for cell in row.split('class="end">')[1:]]
    assert cells == ["5", "5", "20.0", "1", "0.2", "5"]
    assert "Full" in row


def test_slave_meters_wait_where_their_master_is_called(operator: Client) -> None:
    """As their sessions go: through the concentrator of the master, and the cell of that one's modem."""
    SegmentLimit.objects.create(kind="concentrator", name="OAC1", sessions=5)
    SegmentLimit.objects.create(kind="cell", name="A1", sessions=5)
    utility = make_utility()
    way = make_device(utility, serial_number="OAC1", model=make_device_model("aim-dc1"), cell="A1")
    master = make_device(utility, host="", concentrator=way, gateway_address="01", cell="B7")
    for channel in (1, 2):
        slave_of(master, channel)
    job_over(utility)
    JobItem.objects.exclude(device=way).update(step=WAITS_FOR_SEGMENT)
    page = operator.get(URL).content.decode()
    for name in ("OAC1", "A1"):
        (row,) = [part for part in page.split("<tr>") if f">{name}<" in part]
        assert row.split('class="end">')[4].startswith("3<"), row


def test_the_page_asks_for_its_table_alone(operator: Client) -> None:
    _in_use("A1", 1)
    part = operator.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert "A1" in part
    assert "<html" not in part


def test_segments_of_others_are_not_shown(client: Client) -> None:
    _in_use("A1", 1)
    client.force_login(make_user(METERING_OPERATOR, utilities=[make_utility("other")]))
    page = client.get(URL)
    assert b"A1" not in page.content
    assert b"No limited segment in use" in page.content


def test_a_role_without_it_is_refused(client: Client) -> None:
    client.force_login(make_user(CUSTOMER_SERVICE, utilities=[make_utility()]))
    assert client.get(URL).status_code == 403


def test_a_named_limit_is_shown_before_anybody_uses_it(operator: Client) -> None:
    SegmentLimit.objects.create(kind="apn", name="grid", sessions=9)
    make_device(make_utility(), apn="grid")
    assert b"grid" in operator.get(URL).content


def test_without_valkey_the_page_says_so(operator: Client, settings: Any) -> None:
    SegmentLimit.objects.create(kind="apn", name="grid", sessions=9)
    settings.REDIS_URL = NOBODY
    page = operator.get(URL)
    assert page.status_code == 200
    assert b"Nothing is known of the segments just now" in page.content


def test_metrics_tell_of_segments_and_of_nothing_without_valkey(client: Client, settings: Any) -> None:
    _in_use("A1", 7)
    told = client.get("/metrics").content.decode()
    assert 'openaim_segment_sessions{kind="cell"} 5.0' in told
    assert 'openaim_segment_refused_total{kind="cell"} 2.0' in told
    settings.REDIS_URL = NOBODY
    without = client.get("/metrics")
    assert without.status_code == 200
    assert b"openaim_segment" not in without.content
