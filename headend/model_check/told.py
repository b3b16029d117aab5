"""What a device tells a check: its objects, clock and names, and of every register, profile and log the head once."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from devices.descriptions import Description, Profile
from headend import causes
from headend.by_hand.listing import Listed, list_objects
from headend.causes import SessionError
from headend.drivers import driver_for
from headend.drivers.base import Driver, LayoutChangedError, Target
from headend.drivers.dlms import DlmsDriver
from headend.plan import Layout, LogEntry, RegisterValue, Stretch
from protocols.dlms.obis import Obis
from protocols.errors import ProtocolError

HEAD_ROWS = 4
"""So many capture periods of a profile are read."""
LOG_DAYS = timedelta(days=90)
T = TypeVar("T")


@dataclass(slots=True)
class Told:
    """`objects` is None where the protocol lists none. `failures` are the steps that failed, with cause and detail."""

    objects: Sequence[Listed] | None = None
    clock_offset_s: float | None = None
    identification: Mapping[str, str] = field(default_factory=dict)
    registers: Mapping[Obis, RegisterValue] = field(default_factory=dict)
    layouts: dict[Obis, Layout] = field(default_factory=dict)
    rows: dict[Obis, int] = field(default_factory=dict)
    logs: dict[Obis, Sequence[LogEntry]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


def ask(target: Target, longest_s: float) -> Told:
    """Everything a check compares, in one session.

    A step that the device refuses is among the failures, and the next one follows. SessionError or ProtocolError when
    there is no association, SessionError (too_long) when the whole takes longer than `longest_s`.
    """
    return asyncio.run(_within(target, longest_s))


async def _within(target: Target, longest_s: float) -> Told:
    try:
        async with asyncio.timeout(longest_s):
            return await _asked(target)
    except TimeoutError:
        raise SessionError(causes.TOO_LONG, f"ended after {longest_s:.0f} s, not finished") from None


async def _asked(target: Target) -> Told:
    driver = driver_for(target)
    try:
        await driver.open()
        inquiry = _Inquiry(driver, target.description)
        await inquiry.make()
        return inquiry.told
    finally:
        await driver.close()


class _Inquiry:
    """The steps of one check over an open association."""

    def __init__(self, driver: Driver, described: Description) -> None:
        self.told = Told()
        self._driver = driver
        self._described = described

    async def make(self) -> None:
        """Every step, whatever became of those before it."""
        told, driver, described = self.told, self._driver, self._described
        if isinstance(driver, DlmsDriver):
            told.objects = await self._step("objects", driver.converse(list_objects))
        told.clock_offset_s = await self._step("clock", driver.read_clock())
        told.identification = await self._step("identification", driver.read_identification()) or {}
        await self._step("registers", self._registers())
        for profile in described.profiles:
            await self._step(f"profiles[{profile.obis}]", self._profile(profile))
        for log in described.event_logs:
            await self._step(f"event_logs[{log.obis}]", self._log(log.obis))

    async def _registers(self) -> None:
        wanted = self._described.registers
        values, _ = await self._driver.read_registers(wanted, None)
        self.told.registers = {value.obis: value for value in values}

    async def _profile(self, profile: Profile) -> None:
        layout = await self._driver.read_layout(profile.obis)
        self.told.layouts[profile.obis] = layout
        length = timedelta(seconds=profile.interval_s) * HEAD_ROWS
        rows = await self._driver.read_profile(layout, self._until_now(profile.obis, length))
        self.told.rows[profile.obis] = rows.at.size

    async def _log(self, obis: Obis) -> None:
        entries = await self._driver.read_log(self._until_now(obis, LOG_DAYS))
        self.told.logs[obis] = entries.entries

    def _until_now(self, obis: Obis, length: timedelta) -> Stretch:
        """The last rows by the clock of the device, which may be wrong."""
        now = datetime.now(UTC) + timedelta(seconds=self.told.clock_offset_s or 0)
        return Stretch(obis, now - length, now)

    async def _step(self, name: str, act: Awaitable[T]) -> T | None:
        """What a step gives; None when it failed."""
        try:
            return await act
        except ProtocolError as problem:
            self.told.failures[name] = f"{problem.cause.value}: {problem}"
        except SessionError as problem:
            self.told.failures[name] = f"{problem.cause}: {problem}"
        except LayoutChangedError as problem:
            self.told.failures[name] = str(problem)
        return None
