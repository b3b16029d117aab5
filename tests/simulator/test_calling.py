"""Meters that push of their own: what they send, to whom, and how long they repeat it."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest

from protocols.dlms.clock import decode_datetime
from protocols.dlms.data import decode
from protocols.dlms.keys import KeySet, ReceiveCounter, SendCounter
from protocols.dlms.obis import Obis
from protocols.dlms.security import Security, Tagging, open_notification
from protocols.dlms.security.key_ring import Credentials, KeyRing
from protocols.dlms.security.protection import Protection
from protocols.dlms.services.notification import (
    DataNotification,
    DataNotificationConfirm,
    decode_data_notification,
)
from protocols.wrapper import WrapperFraming
from simulator import calling as calling_module
from simulator.alarms import ALARMS as ALARM_CODES
from simulator.alarms import Alarm, Watch
from simulator.calling import Listener, calling
from simulator.eventlog import POWER_DOWN, POWER_UP, ordinary_events
from simulator.faults import Fault, Garbage, PowerFailure, Silent
from simulator.fleet import Fleet, FleetError, Incident, MeterSpec, PushPlan
from simulator.fleet_file import load_fleet, save_fleet
from simulator.localtime import DAY
from simulator.make_fleet import describe_faults, make_fleet
from simulator.meter import Meter
from simulator.now import Now
from simulator.serving import FleetServer
from tests.simulator.clients import TITLE, played, private_host, small_fleet
from tests.simulator.worlds import NOON

T = TypeVar("T")
HOURLY, ALARMS = PushPlan(every_min=60), PushPlan(alarms=True)


class Ear:
    """A listener that opens what arrives and, from message `after` on, acknowledges it."""

    def __init__(self, spec: MeterSpec, after: int = 0) -> None:
        self._keys = KeySet(bytes.fromhex(spec.ek or ""), bytes.fromhex(spec.ak or ""))
        self._counter = SendCounter()
        self._after = after
        self._news = asyncio.Event()
        self.heard: list[DataNotification] = []
        self.callers: set[str] = set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        framing = WrapperFraming(1)
        while data := await reader.read(65_536):
            framing.receive_data(data)
            while (apdu := framing.next_apdu()) is not None:
                self.callers.add(writer.get_extra_info("peername")[0])
                self._hear(apdu, writer, framing)
        writer.close()

    def _hear(self, apdu: bytes, writer: asyncio.StreamWriter, framing: WrapperFraming) -> None:
        opened = open_notification(apdu, lambda _: self._keys, ReceiveCounter(), own_title=TITLE)
        self.heard.append(decode_data_notification(opened.apdu))
        if len(self.heard) > self._after:
            ring = KeyRing(Credentials(self._keys, TITLE, self._counter, ReceiveCounter()))
            receipt = DataNotificationConfirm(self.heard[-1].invoke).encode()
            writer.write(framing.frame(Protection(ring, Security.BOTH, tagging=Tagging.GENERAL).protect(receipt)))
        self._news.set()

    async def until(self, count: int) -> None:
        while len(self.heard) < count:
            self._news.clear()
            await self._news.wait()


@asynccontextmanager
async def listening(ear: Ear) -> AsyncIterator[Listener]:
    host = private_host(240)
    async with await asyncio.start_server(ear.take, host, 0) as server:
        yield Listener(host, server.sockets[0].getsockname()[1])


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling_module, "LOOK_S", 0.05)
    monkeypatch.setattr(calling_module, "RETRY_S", (0.05,) * 5)
    monkeypatch.setattr(calling_module, "ANSWER_S", 0.3)
    monkeypatch.setattr(calling_module, "FIRST_WITHIN_S", 1)


def pushing(plan: PushPlan, *faults: Fault) -> Fleet:
    fleet = small_fleet(*faults)
    return replace(fleet, meters=tuple(replace(meter, push=plan) for meter in fleet.meters))


def body_of(push: DataNotification) -> Any:
    return decode(push.body)


def heard(
    fleet: Fleet, scene: Callable[[Ear, FleetServer, Counter[str]], Awaitable[T]], *, after: int = 0
) -> tuple[T, Ear]:
    """Play a scene with a listener that answers from message `after` on."""

    async def play(server: FleetServer) -> tuple[T, Ear]:
        ear = Ear(fleet.meters[0], after)
        async with listening(ear) as listener, calling(server, listener) as counts:
            return await scene(ear, server, counts), ear

    return played(fleet, play)


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.02)


def test_rows_are_pushed_with_all_that_explains_them_and_acknowledged() -> None:
    fleet = pushing(HOURLY)

    async def scene(ear: Ear, _server: FleetServer, counts: Counter[str]) -> None:
        await until(lambda: counts["acknowledged"] == 1)

    _, ear = heard(fleet, scene)

    (push,) = ear.heard
    assert push.wants_confirmation
    listed, clock, captures, period, *units, rows = body_of(push)
    assert [(class_id, str(Obis(name)), index) for class_id, name, index, _ in listed] == [
        (40, "0-0:25.9.0", 2), (8, "0-0:1.0.0", 2), (7, "1-0:99.1.0", 3), (7, "1-0:99.1.0", 4),
        (3, "1-0:1.8.0", 3), (3, "1-0:2.8.0", 3), (7, "1-0:99.1.0", 2),
    ]  # fmt: skip
    assert clock == push.sent_at
    assert (len(captures), period, units) == (4, 900, [(0, 30), (0, 30)])
    stamps = [int(decode_datetime(row[0]).at.timestamp()) for row in rows]
    newest = NOON // 900 * 900
    assert stamps == [newest - 900 * back for back in reversed(range(8))]
    assert ear.callers == {fleet.meters[0].host}


def test_a_push_is_repeated_until_it_is_acknowledged() -> None:
    async def scene(ear: Ear, _server: FleetServer, counts: Counter[str]) -> Counter[str]:
        await until(lambda: counts["acknowledged"] == 1)
        return counts

    counts, ear = heard(pushing(HOURLY), scene, after=2)

    assert counts == {"acknowledged": 1, "repeated": 2}
    assert len(ear.heard) == 3
    assert len({push.encode() for push in ear.heard}) == 1


def test_a_push_nobody_acknowledges_is_lost_after_six_attempts() -> None:
    async def scene(ear: Ear, _server: FleetServer, counts: Counter[str]) -> None:
        await until(lambda: counts["lost"] == 1)

    _, ear = heard(pushing(HOURLY), scene, after=99)

    assert len(ear.heard) == 6


def test_a_spoilt_push_is_repeated_when_the_line_is_right_again() -> None:
    async def scene(ear: Ear, server: FleetServer, counts: Counter[str]) -> int:
        await until(lambda: counts["repeated"] >= 1)
        before = counts["acknowledged"]
        next(iter(server)).meter.clear_fault("garbage")
        await until(lambda: counts["acknowledged"] == 1)
        return before

    before, _ = heard(pushing(HOURLY, Garbage(0)), scene)

    assert before == 0


def test_a_power_failure_is_told_with_the_last_breath_and_its_end_too() -> None:
    async def scene(ear: Ear, server: FleetServer, counts: Counter[str]) -> None:
        meter = next(iter(server)).meter
        meter.add_fault(PowerFailure(NOON - 3))
        await until(lambda: counts["acknowledged"] == 1)
        meter.clear_fault("power_failure")
        await until(lambda: counts["acknowledged"] == 2)

    _, ear = heard(pushing(ALARMS), scene)

    told = [(int(decode_datetime(clock).at.timestamp()), code) for _, clock, code in map(body_of, ear.heard)]
    assert told == [(NOON - 3, POWER_DOWN), (NOON, POWER_UP)]


def test_a_meter_whose_capacitor_is_empty_says_nothing() -> None:
    async def scene(ear: Ear, server: FleetServer, counts: Counter[str]) -> None:
        next(iter(server)).meter.add_fault(PowerFailure(NOON - 60))
        await until(lambda: counts["lost"] == 1)

    _, ear = heard(pushing(ALARMS), scene)

    assert ear.heard == []


def test_a_silent_meter_pushes_nothing() -> None:
    async def scene(ear: Ear, server: FleetServer, counts: Counter[str]) -> None:
        await until(lambda: counts["lost"] == 1)

    _, ear = heard(pushing(HOURLY, Silent()), scene)

    assert ear.heard == []


def test_an_incident_takes_the_power_of_its_meters_after_the_start() -> None:
    fleet = small_fleet(count=2)
    dark = fleet.meters[1].serial
    fleet = replace(fleet, incidents=(Incident(after_s=0, lasts_s=60, serials=(dark,)),))

    async def scene(server: FleetServer) -> list[bool]:
        return [station.meter.without_power for station in server]

    assert played(fleet, scene) == [False, True]
    assert describe_faults(fleet) == ["0 s after the start no power for 60 s; meters: 1"]


def test_ordinary_alarms_are_told_as_they_happen_and_everyday_events_are_not() -> None:
    fleet = make_fleet(1, 3, NOON, faults=False)
    seed = fleet.meters[0].seed
    (first, *_) = [event for event in ordinary_events(seed, NOON, NOON + 900 * DAY) if event.value in ALARM_CODES]
    time = Moving(first.stamp - 5)
    watch = Watch(Meter(fleet.meters[0], fleet.zone, cast("Now", time)))

    assert watch.alarms() == []
    time.at += 5
    assert watch.alarms() == [Alarm(first.stamp, first.value)]
    assert watch.alarms() == []


@dataclass
class Moving:
    """Time that goes on when it is told to."""

    at: int

    def __call__(self) -> int:
        return self.at


def test_plans_strangers_and_incidents_are_kept_in_the_fleet_file(tmp_path: Path) -> None:
    made = make_fleet(3, 3, NOON, faults=False)
    first, second, stranger = made.meters
    fleet = replace(
        made,
        meters=(replace(first, push=PushPlan(every_min=15, rows=4, alarms=True)), second),
        strangers=(replace(stranger, push=HOURLY),),
        incidents=(Incident(after_s=120, lasts_s=300, serials=(first.serial, stranger.serial)),),
    )
    save_fleet(fleet, tmp_path / "fleet.json")

    assert load_fleet(tmp_path / "fleet.json") == fleet


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"meters.push": {"every_min": 2000}}, "every_min from 0 to 1440"),
        ({"meters.push": {"every_min": 15}, "meters.ek": None}, "aim-sm3 needs ek"),
        (
            {"meters.push": {"every_min": 15}, "meters.host": None, "meters.port": None, "meters.concentrator": "C",
             "meters.gateway_address": "01"},
            "a line of its own",
        ),
        ({"incidents": [{"after_s": 1, "lasts_s": 1, "serials": ["X"]}]}, "names X, not in this fleet"),
        ({"incidents": [{"after_s": -1, "lasts_s": 1, "serials": []}]}, "0 s or more after the start"),
    ],
)  # fmt: skip
def test_a_plan_or_incident_that_cannot_be_is_refused(change: dict[str, Any], words: str, tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    save_fleet(make_fleet(1, 3, NOON, faults=False), path)
    document = json.loads(path.read_text())
    for name, value in change.items():
        place = document["meters"][0] if name.startswith("meters.") else document
        place[name.removeprefix("meters.")] = value
    path.write_text(json.dumps(document))

    with pytest.raises(FleetError, match=words):
        load_fleet(path)
