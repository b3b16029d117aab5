"""One session with one device: the steps of a plan, each timed, with what came home and why it ended."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from devices.models import Contact
from headend import causes
from headend.causes import SessionError
from headend.correcting import correct_clock
from headend.drivers import driver_for
from headend.drivers.base import Capability, Driver, LayoutChangedError, MeterLister, NetworkTeller, Target
from headend.knowledge import Knowledge
from headend.new_keys import new_keys_of
from headend.plan import NAMES, REGISTERS, Layout, Plan, Readings, Step, Stretch, Trace
from headend.recording import Recorder
from headend.services.claims import Claim, reserve_counters
from headend.storing import Outcome
from headend.transport import Tap
from protocols.dlms.obis import Obis
from protocols.errors import ProtocolError

log = logging.getLogger(__name__)

LONGEST_S = 900.0
"""No session lasts longer, however much the device has to say: one that drips octets would hold its place for ever."""
_FAREWELL_S = 5.0
"""So long a session that failed may try to release the association before it hangs up."""

T = TypeVar("T")
Report = Callable[[str], None]


async def run_session(claim: Claim, known: Knowledge, plan: Plan, report: Report | None = None) -> Outcome:
    """Do the plan; never raises. What was complete before a failure is in the outcome and will be stored.

    `report` is told the name of every step as it begins, for somebody who watches.
    """
    session = Session(claim, known, report)
    cause, detail = "", ""
    bound_s, bound_cause = _bound(claim)
    try:
        async with asyncio.timeout(bound_s):
            await session.run(plan)
    except TimeoutError:
        cause, detail = bound_cause, f"ended after {bound_s:.0f} s, not finished"
    except (SessionError, ProtocolError) as error:
        cause, detail = _code(error), str(error)
    except Exception as error:
        log.exception("session with device %s", known.device.pk)
        cause, detail = causes.INTERNAL, f"{type(error).__name__}: {error}"
    return Outcome(claim.item, known, session.readings, session.trace(cause, detail))


class Session:
    """The state of one session: its driver, its steps and its readings so far."""

    def __init__(self, claim: Claim, known: Knowledge, report: Report | None = None) -> None:
        self.readings = Readings()
        self._claim = claim
        self._known = known
        self._report = report
        self._steps: list[Step] = []
        self._started_at = datetime.now(UTC)
        self._begun = time.perf_counter()
        self._driver: Driver | None = None
        self._recorder = Recorder() if claim.item.job.keep_frames else None

    async def run(self, plan: Plan) -> None:
        """Open, read everything the plan says, close."""
        driver = self._driver = driver_for(target_of(self._known, self._claim.first_counter, self._recorder))
        try:
            if Capability.LINK in driver.capabilities:
                await self._step("link", driver.connect)
            await self._step("associate", driver.open)
            self.readings.layouts.extend(driver.learned)
            await self._read(driver, plan)
            await correct_clock(driver, self._known, self.readings, self._step)
            await self._step("release", driver.close)
        finally:
            await _hang_up(driver)

    def trace(self, cause: str, detail: str) -> Trace:
        """How the session went."""
        driver = self._driver
        return Trace(
            started_at=self._started_at,
            seconds=time.perf_counter() - self._begun,
            address=self._known.device.address,
            steps=tuple(self._steps),
            sent=driver.sent if driver else 0,
            received=driver.received if driver else 0,
            cause=cause,
            detail=detail,
            recording=self._recorder.recording(_passwords(self._known)) if self._recorder else None,
        )

    async def _read(self, driver: Driver, plan: Plan) -> None:
        readings = self.readings
        if Capability.CLOCK in driver.capabilities:
            readings.clock_offset_s = await self._step("clock", driver.read_clock)
        if plan.identification:
            readings.identification = await self._step("identification", driver.read_identification)
        if plan.registers:
            await self._read_registers(driver, plan.registers)
        for stretch in plan.profiles:
            await self._read_profile(driver, stretch)
        for stretch in plan.logs:
            entries = await self._step(f"log {stretch.obis}", partial(driver.read_log, stretch))
            readings.logs.append(entries)
        if plan.network and isinstance(driver, NetworkTeller):
            readings.network = await self._step("network", driver.read_network)
        if plan.meter_list and isinstance(driver, MeterLister):
            readings.meters = await self._step("list", driver.read_meter_list)

    async def _read_registers(self, driver: Driver, wanted: Sequence[Obis]) -> None:
        known = self._known.layouts.get(REGISTERS)
        values, layout = await self._step("registers", partial(driver.read_registers, wanted, known))
        self.readings.registers = values
        if known is None or known.columns != layout.columns:
            self.readings.layouts.append(layout)

    async def _read_profile(self, driver: Driver, stretch: Stretch) -> None:
        """Rows of one stretch; when they do not fit the layout on file, the layout is read again, once."""
        layout = await self._layout(driver, stretch)
        name = f"profile {stretch.obis}"
        try:
            rows = await self._step(name, lambda: driver.read_profile(layout, stretch))
        except LayoutChangedError:
            fresh = await self._fresh_layout(driver, stretch)
            rows = await self._step(name, lambda: driver.read_profile(fresh, stretch))
        self.readings.profiles.append(rows)

    async def _layout(self, driver: Driver, stretch: Stretch) -> Layout:
        read_now = (layout for layout in self.readings.layouts if layout.obis == stretch.obis)
        known = next(read_now, None) or self._known.layouts.get(stretch.obis)
        return known or await self._fresh_layout(driver, stretch)

    async def _fresh_layout(self, driver: Driver, stretch: Stretch) -> Layout:
        layout = await self._step(f"layout {stretch.obis}", lambda: driver.read_layout(stretch.obis))
        self.readings.layouts = [each for each in self.readings.layouts if each.obis != layout.obis]
        self.readings.layouts.append(layout)
        return layout

    async def _step(self, name: str, act: Callable[[], Awaitable[T]]) -> T:
        """Do one step and note how long it took and what it moved, also when it fails."""
        assert self._driver is not None
        if self._report is not None:
            self._report(name)
        begun, octets = time.perf_counter(), self._octets()
        note = "failed"
        try:
            result = await act()
            note = ""
            return result
        finally:
            self._steps.append(Step(name, time.perf_counter() - begun, self._octets() - octets, note))

    def _octets(self) -> int:
        return self._driver.sent + self._driver.received if self._driver else 0


def _bound(claim: Claim) -> tuple[float, str]:
    """How many seconds the session may last, and the cause when that is over: too long, or the job has expired."""
    left_s = (claim.item.job.expires_at - datetime.now(UTC)).total_seconds()
    return (left_s, causes.EXPIRED) if left_s < LONGEST_S else (LONGEST_S, causes.TOO_LONG)


async def _hang_up(driver: Driver) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_FAREWELL_S):
            await driver.close()


def target_of(known: Knowledge, first_counter: int, tap: Tap | None = None) -> Target:
    """What a driver needs for one session. SessionError (NO_ADDRESS) where none is on file."""
    device, way = known.device.spoken_to, known.device.way
    if not way.host:
        raise SessionError(causes.NO_ADDRESS)
    return Target(
        host=way.host,
        port=way.port,
        server_address=device.server_address,
        link_address=device.link_address,
        gateway_address=bytes.fromhex(device.gateway_address),
        transport=known.transport,
        system_title=bytes.fromhex(device.system_title),
        description=known.description,
        zone=known.device.utility.zone,
        first_counter=first_counter,
        reserve=partial(_reserve, device.pk),
        keys=known.keys,
        names=_names(known),
        serial_number=device.serial_number,
        new_keys=new_keys_of(known),
        tap=tap,
    )


def _passwords(known: Knowledge) -> list[bytes]:
    """What a session may say in clear that nobody shall read."""
    return [keys["password"] for keys in (known.keys, known.new_keys) if "password" in keys]


def _names(known: Knowledge) -> Layout | None:
    """The map of short names on file; after a failed contact it is asked for again, for it may be what failed."""
    contact: Contact | None = getattr(known.device, "contact", None)
    return known.layouts.get(NAMES) if contact is not None and not contact.failures else None


async def _reserve(device_id: int, minimum: int) -> int:
    """Reserve counters in a thread: the loop of hundreds of sessions does not wait for the database."""
    return await asyncio.to_thread(_reserve_and_close, device_id, minimum)


def _reserve_and_close(device_id: int, minimum: int) -> int:
    try:
        return reserve_counters(device_id=device_id, minimum=minimum)
    except (OperationalError, InterfaceError) as error:
        raise SessionError(causes.DATABASE_AWAY, f"no counters reserved: {error}") from error
    finally:
        connection.close()


def _code(error: SessionError | ProtocolError) -> str:
    return error.cause if isinstance(error, SessionError) else error.cause.value
