"""A session corrects the clock of a simulated meter that runs beside the true time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from devices.models import Device
from headend.clock import ClockRules, Correction, How
from headend.clock_facts import ClockFacts
from headend.correcting import correct_clock
from headend.drivers.dlms import DlmsDriver
from headend.knowledge import Knowledge
from headend.plan import Readings
from simulator.now import Now
from simulator.serving import FleetServer
from tests.headend.outcomes import known_now
from tests.headend.spoken import target_of
from tests.simulator.mixed import HEAD_END, KINDS, mixed_fleet, of_kind

pytestmark = pytest.mark.django_db
T = TypeVar("T")

RULES = ClockRules(tolerance_s=10, sync_limit_s=60, largest_s=86_400, boundary_s=0, left=1)
QUARTER = 900


@pytest.fixture(autouse=True)
def head_end_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulated meters trust this key."""
    monkeypatch.setattr("headend.drivers.dlms_association.signing_key", lambda: HEAD_END)


def _slightly_off() -> int:
    """20 seconds fast or slow, so that no end of a quarter of an hour lies between the meter's time and the true."""
    return 20 if time.time() % QUARTER < QUARTER / 2 else -20


def _corrected(known: Knowledge, kind: str, off_s: int) -> tuple[Correction | None, list[str], float]:
    """The correction, the steps it took and what the clock shows behind it, of a meter that is `off_s` fast."""
    fleet, readings, steps = mixed_fleet(), Readings(), list[str]()

    async def step(name: str, act: Callable[[], Awaitable[T]]) -> T:
        steps.append(name)
        return await act()

    async def run() -> float:
        server = FleetServer(fleet, Now(shift=off_s))
        await server.start()
        driver = DlmsDriver(target_of(fleet, of_kind(fleet, kind)))
        try:
            await driver.open()
            readings.clock_offset_s = await driver.read_clock()
            await correct_clock(driver, known, readings, step)
            return await driver.read_clock()
        finally:
            await driver.close()
            await server.stop()

    shown = asyncio.run(run())
    return readings.correction, steps, shown


def _with(device: Device, rules: ClockRules | None) -> Knowledge:
    return replace(known_now(device), clock=ClockFacts(rules))


@pytest.mark.parametrize("kind", KINDS)
def test_a_small_deviation_is_shifted_away_and_read_back(device: Device, kind: str) -> None:
    done, steps, shown = _corrected(_with(device, RULES), kind, off := _slightly_off())
    assert done and done.after_s is not None
    assert (done.how, steps) == (How.SHIFTED, ["shift_clock", "clock"])
    assert done.before_s == pytest.approx(off, abs=5)
    assert done.after_s == pytest.approx(shown, abs=2)
    assert abs(shown) < 5


def test_a_larger_deviation_is_set(device: Device) -> None:
    done, steps, shown = _corrected(_with(device, RULES), "aim-sm3", 5000)
    assert done
    assert (done.how, steps) == (How.SET, ["set_clock", "clock"])
    assert abs(shown) < 5


def test_a_meter_that_takes_no_such_shift_is_set(device: Device) -> None:
    """The Blue Book lets a clock be shifted by 15 minutes at most, which the simulated meter keeps to."""
    done, steps, shown = _corrected(_with(device, replace(RULES, sync_limit_s=6000)), "aim-sm3", 5000)
    assert done
    assert (done.how, steps) == (How.SET, ["shift_clock", "set_clock", "clock"])
    assert abs(shown) < 5


@pytest.mark.parametrize("rules", [None, replace(RULES, left=0), replace(RULES, largest_s=4000)])
def test_without_leave_a_clock_is_left_as_it_is(device: Device, rules: ClockRules | None) -> None:
    done, steps, shown = _corrected(_with(device, rules), "aim-sm3", 5000)
    assert (done, steps) == (None, [])
    assert shown == pytest.approx(5000, abs=5)
