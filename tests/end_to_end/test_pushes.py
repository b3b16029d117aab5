"""What the demo shows of its own accord: rows that are pushed, an unknown caller, and one transformer going dark."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from access.models import User, Utility
from aim.demo.districts import districts
from aim.demo.incident import with_incident
from devices.signing import public_point
from events.models import AreaOutage, Event, Outage, OutageRule
from headend.models import DiscoveredDevice, ReadMark
from protocols.dlms.cosem import Attribute
from protocols.dlms.encoding import unsigned
from protocols.dlms.keys import SendCounter
from protocols.dlms.obis import Obis
from rig.processes import Processes
from rig.simulator_process import Simulator, free_ports, make_fleet
from tests.browsing import watched_page
from tests.end_to_end.conftest import DAYS
from tests.headend.listener.pushing import CLOCK, Pusher, clock, listed, notification, wrapped

METERS = 40
DARK_AFTER_S, DARK_S = 8, 12
SOON_S = 40
LOAD = "1-0:99.1.0"
COVER_REMOVED = 40


@pytest.fixture
def fleet(database: str, tmp_path: Path) -> dict[str, Any]:
    """The fleet of the demo with a shorter clock, loaded: the power of one district fails after a few seconds."""
    path = make_fleet(
        tmp_path / "fleet.json", meters=METERS, seed=7, now=datetime.now(UTC), client_public=public_point()
    )
    document = with_incident(json.loads(path.read_text()), after_s=DARK_AFTER_S, lasts_s=DARK_S)
    path.write_text(json.dumps(document))
    call_command("demo_load", fleet=path, days=DAYS, stdout=StringIO())
    OutageRule.objects.create(utility=Utility.objects.get(), shortest_s=1)
    return document


@pytest.fixture
def processes(environment: dict[str, str], tmp_path: Path) -> Iterator[Processes]:
    """Web, listener and scheduler as in the demo."""
    ports = free_ports(2)
    processes = Processes(
        {**environment, "PORT": str(ports[0]), "OPENAIM_PUSH_TCP": f"127.0.0.1:{ports[1]}"}, tmp_path / "processes.log"
    )
    for name in ("web", "listener", "scheduler"):
        processes.start(name)
    yield processes
    processes.end()


@pytest.fixture
def listener(fleet: dict[str, Any], processes: Processes) -> str:
    """Where pushes go, once somebody listens there."""
    place = processes.environment["OPENAIM_PUSH_TCP"]
    processes.until(lambda: _is_open(place), seconds=30, what="the listener listens")
    return place


def _is_open(place: str) -> bool:
    host, port = place.split(":")
    with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
        return True
    return False


@pytest.fixture
def simulator(fleet: dict[str, Any], listener: str, tmp_path: Path) -> Iterator[Simulator]:
    simulator = Simulator(tmp_path / "fleet.json", datetime.now(UTC), push_to=listener)
    yield simulator
    simulator.stop()


@pytest.mark.browser
def test_the_demo_shows_pushed_rows_a_stranger_and_one_outage_of_an_area(
    page: Page, fleet: dict[str, Any], processes: Processes, simulator: Simulator
) -> None:
    """Fifty last gasps are one outage on the screen."""
    dark = set(fleet["incidents"][0]["serials"])
    told = {meter["serial"] for meter in fleet["meters"] if meter["push"]} & dark
    assert len(told) >= 5

    def devices() -> int:
        return AreaOutage.objects.filter(ended_at=None).values_list("devices", flat=True).first() or 0

    processes.until(lambda: devices() == len(told), seconds=SOON_S, what="the outage")
    outage = AreaOutage.objects.get()
    assert outage.area.code == districts()[-1].code
    gone = Event.objects.filter(kind="power_down", area_outage=outage)
    assert set(gone.values_list("device__serial_number", flat=True)) == told
    assert not Event.objects.open_alarms().filter(kind="power_down").exists()
    expect(page.locator("#lasting")).to_contain_text(outage.area.code, timeout=3_000)
    page.reload()
    expect(page.locator(".region")).to_contain_text("No open alarms")
    expect(page.locator("#lasting").get_by_role("link", name=outage.area.code)).to_have_count(1)

    processes.until(lambda: _ended(outage), seconds=SOON_S, what="the end of the outage")
    (row,) = AreaOutage.objects.all()
    assert row.ended_at is not None
    assert row.ended_at - row.started_at == timedelta(seconds=DARK_S)

    (caller,) = DiscoveredDevice.objects.all()
    assert caller.system_title == fleet["strangers"][0]["system_title"].upper()
    pushing = {meter["serial"] for meter in fleet["meters"] if (meter["push"] or {}).get("every_min")}
    marks = ReadMark.objects.filter(obis=LOAD)
    processes.until(lambda: marks.count() == len(pushing), seconds=SOON_S, what="the pushed rows")
    assert set(marks.values_list("device__serial_number", flat=True)) == pushing
    for mark in marks:
        quarter = timedelta(minutes=15)
        assert mark.until > datetime.now(UTC) - 2 * quarter


def _ended(outage: AreaOutage) -> bool:
    return not Outage.objects.filter(area_outage=outage, ended_at=None).exists() and not (
        AreaOutage.objects.filter(ended_at=None).exists()
    )


@pytest.fixture
def page(browser: Browser, fleet: dict[str, Any], listener: str, processes: Processes) -> Iterator[Page]:
    """The open alarms, as Mikko sees them."""
    url = f"http://127.0.0.1:{processes.environment['PORT']}"
    processes.until(lambda: _is_open(url.removeprefix("http://")), seconds=30, what="the site answers")
    with watched_page(browser, url, User.objects.get(username="mikko")) as page:
        page.goto("/alarms/")
        yield page


@pytest.mark.browser
def test_an_alarm_is_on_the_screen_within_three_seconds_of_the_push(
    page: Page, fleet: dict[str, Any], listener: str
) -> None:
    expect(page.locator("#alarm-news")).to_be_attached()
    meter = next(each for each in fleet["meters"] if each["model"] == "aim-sm3" and each["host"])
    title, ek, ak = (bytes.fromhex(meter[name]) for name in ("system_title", "ek", "ak"))
    pusher = Pusher(title, ek, ak, SendCounter(5))
    now = datetime.now(UTC)
    code = Attribute(1, Obis.parse("0-0:96.11.0"), 2)
    body = listed((Attribute(8, CLOCK, 2), clock(now)), (code, unsigned(COVER_REMOVED)))
    host, port = listener.split(":")

    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(wrapped(pusher.ciphered(notification(body, at=now))))
        expect(page.locator("#alarm-news")).to_contain_text("Terminal cover removed", timeout=3_000)

    expect(page.locator("#alarm-news")).to_contain_text(meter["serial"])
