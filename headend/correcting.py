"""Correcting a clock at the end of a session: what was read before carries the times the meter gave it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from headend.clock import USUAL_PERIOD_S, Correction, How, decide
from headend.drivers.base import Capability, ClockSetter, Driver
from headend.knowledge import Knowledge
from headend.plan import Readings
from protocols.errors import Cause, RemoteProtocolError

_REFUSALS = (Cause.ACCESS_DENIED, Cause.OBJECT_UNDEFINED, Cause.REFUSED)

T = TypeVar("T")


class DoStep(Protocol):
    """Does one named step of a session and notes how it went."""

    def __call__(self, name: str, act: Callable[[], Awaitable[T]]) -> Awaitable[T]: ...


async def correct_clock(driver: Driver, known: Knowledge, readings: Readings, step: DoStep) -> None:
    """Correct the clock where the policy says so now, read it back, and note both in `readings`.

    A device that refuses is an outcome like others. When the line fails in between, the correction stands there without
    what was read back: it may have been done.
    """
    how = _how(known, readings.clock_offset_s)
    if how is None or readings.clock_offset_s is None or Capability.SET_CLOCK not in driver.capabilities:
        return
    assert isinstance(driver, ClockSetter), f"{type(driver).__name__} declares SET_CLOCK"
    begun = Correction(datetime.now(UTC), readings.clock_offset_s, how)
    readings.correction = begun
    readings.correction = done = replace(begun, how=await _move(driver, begun, step))
    if done.how is not How.REFUSED:
        after_s = await step("clock", driver.read_clock)
        readings.correction, readings.clock_offset_s = replace(done, after_s=after_s), after_s


def _how(known: Knowledge, offset_s: float | None) -> How | None:
    rules, profile = known.clock.rules, known.description.interval_profile
    if rules is None or offset_s is None:
        return None
    return decide(rules, offset_s, datetime.now(UTC), profile.interval_s if profile else USUAL_PERIOD_S)


async def _move(driver: ClockSetter, wanted: Correction, step: DoStep) -> How:
    """Shift; where the device knows no shifting, or for what is not to be done silently, set. How it was done."""
    seconds = -round(wanted.before_s)
    if wanted.how is How.SHIFTED and await _accepted("shift_clock", lambda: driver.shift_clock(seconds), step):
        return How.SHIFTED
    return How.SET if await _accepted("set_clock", driver.set_clock, step) else How.REFUSED


async def _accepted(name: str, act: Callable[[], Awaitable[None]], step: DoStep) -> bool:
    try:
        await step(name, act)
    except RemoteProtocolError as error:
        if error.cause not in _REFUSALS:
            raise
        return False
    return True
