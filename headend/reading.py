"""What a session with one device does and what it brought, for the person who waits for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from aim.web.tones import State
from devices.clock import clock_state
from headend import causes
from headend.models import JobItem
from headend.states import item_state
from headend.steps import ShownStep, shown_steps
from metering.display import number, shown_exponent, shown_unit
from metering.models import MeasuredProperty, Series

_SOON_S, _LATER_S = 10, 60


@dataclass(frozen=True, slots=True)
class ReadRegister:
    """A register as read, in the unit it is shown in."""

    label: str
    obis: str
    text: str
    unit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """An item of a job as the live page shows it.

    `rule` says why the last attempt failed, if it did; `poll_ms` when to look again.
    """

    item: JobItem
    state: State
    steps: Sequence[ShownStep]
    registers: Sequence[ReadRegister]
    rows: int
    events: int
    clock: State | None
    rule: causes.Rule | None
    poll_ms: int
    waited: bool
    next_try: str

    @property
    def is_open(self) -> bool:
        return self.item.state in JobItem.OPEN

    @property
    def announcement(self) -> str:
        """What a screen reader says: `Reading AIM00000007: Running, Read the registers`."""
        current = next((step.words for step in self.steps if step.state == "current"), "")
        told = current or (self.rule.text if self.rule else f"{len(self.registers)} registers" if self.is_ok else "")
        return f"Reading {self.item.device.serial_number}: {self.state.label}" + (f", {told}" if told else "")

    @property
    def is_ok(self) -> bool:
        return bool(self.item.state == JobItem.State.OK)


def reading_of(item: JobItem, now: datetime | None = None) -> Reading:
    """The view of `item` (with its job). One query when it brought registers."""
    now = now or timezone.now()
    age = now - item.job.created_at
    result: Mapping[str, Any] = item.result
    return Reading(
        item=item,
        state=item_state(item),
        steps=shown_steps(item.step),
        registers=_registers(result.get("registers", [])),
        rows=result.get("rows", 0),
        events=result.get("events", 0),
        clock=clock_state(result.get("clock_offset_s")),
        rule=causes.rule(item.last_cause) if item.last_cause and item.state != JobItem.State.OK else None,
        poll_ms=_poll_ms(age, retrying=item.state == JobItem.State.WAITING and item.attempts > 0),
        waited=item.state == JobItem.State.WAITING and age > timedelta(seconds=_SOON_S),
        next_try=wait_words(item.not_before - now),
    )


def _poll_ms(age: timedelta, *, retrying: bool) -> int:
    """How soon to look again: quick while somebody stares at the screen, slower for a meter that takes its time."""
    seconds = age.total_seconds()
    if seconds < _SOON_S and not retrying:
        return 300
    return 1000 if seconds < _LATER_S else 3000


def wait_words(wait: timedelta) -> str:
    """How long until the next try: `at once`, `in 25 s`, `in 4 min`."""
    seconds = round(wait.total_seconds())
    if seconds <= 0:
        return "at once"
    return f"in {seconds} s" if seconds < 120 else f"in {seconds // 60} min"


def _registers(read: Sequence[Mapping[str, Any]]) -> list[ReadRegister]:
    codes = {row["obis"] for row in read}
    known = MeasuredProperty.objects.filter(obis__in=codes) if codes else ()
    properties = {(each.obis, each.unit): each for each in known}
    return [_register(row, properties.get((row["obis"], row["unit"]))) for row in read]


def _register(row: Mapping[str, Any], found: MeasuredProperty | None) -> ReadRegister:
    measured = found or MeasuredProperty(obis=row["obis"], unit=row["unit"], name="Not described yet")
    shown_as = Series(measured_property=measured, exponent=row["scaler"])
    return ReadRegister(
        label=measured.name,
        obis=row["obis"],
        text=number(row["value"], shown_exponent(shown_as)),
        unit=shown_unit(shown_as),
        at=datetime.fromisoformat(row["at"]),
    )
