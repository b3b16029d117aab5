"""A meter that took only a part of its new keys is not locked out: headend.md §1.4, §4 rows 7 and 8."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from access.models import AuditRecord
from devices import keystore
from devices.models import Contact, Device, DeviceKey
from headend import causes
from headend.drivers.base import COUNTERS_PER_SESSION
from headend.drivers.dlms import DlmsDriver
from headend.drivers.recovery import NewKeys, attempts
from headend.knowledge import know
from headend.models import Job
from headend.plan import Plan
from headend.sessions import run_session
from headend.storing import Outcome
from protocols.dlms.keys import MAX_COUNTER
from protocols.errors import Cause, RemoteProtocolError
from simulator.fleet import Fleet, MeterSpec
from simulator.models import SM3
from simulator.now import Now
from simulator.serving import FleetServer
from tests.factories import make_device, make_utility
from tests.headend.claiming import claim, job_over
from tests.headend.spoken import target_of, with_driver
from tests.simulator.clients import small_fleet
from tests.simulator.mixed import mixed_fleet, of_kind
from tests.simulator.worlds import NOON

STALE = {"encryption": bytes(16), "authentication": bytes(range(1, 17))}


def held_by(spec: MeterSpec) -> dict[str, bytes]:
    return {"encryption": bytes.fromhex(spec.ek or ""), "authentication": bytes.fromhex(spec.ak or "")}


@pytest.mark.parametrize(
    "took", [("encryption", "authentication"), ("encryption",), ("authentication",)], ids=lambda took: "+".join(took)
)
def test_whichever_of_two_new_keys_a_meter_took_it_is_reached_and_they_become_active(took: Sequence[str]) -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, SM3)
    truth = held_by(spec)
    known = {kind: STALE[kind] if kind in took else key for kind, key in truth.items()}
    sent = {kind: key if kind in took else STALE[kind] for kind, key in truth.items()}
    activated: list[Sequence[str]] = []
    reserved: list[str] = []

    async def reserve(minimum: int) -> int:
        reserved.append("new")
        return 250

    async def reserve_known(minimum: int) -> int:
        reserved.append("known")
        return 5_000

    async def activate(kinds: Sequence[str]) -> None:
        activated.append(kinds)

    new = NewKeys(sent, reserve, activate)
    target = replace(target_of(fleet, spec), keys=known, new_keys=new, reserve=reserve_known)

    async def act(driver: DlmsDriver) -> None:
        await driver.open()
        await driver.read_clock()

    with_driver(fleet, target, act)
    assert activated == [took]
    assert reserved[-1] == ("new" if "encryption" in took else "known"), "each key has counters of its own"


def test_new_keys_are_tried_once_and_the_first_refusal_is_told_where_none_fits() -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, SM3)
    tried: list[int] = []

    async def reserve(minimum: int) -> int:
        tried.append(minimum)
        return 250

    async def activate(kinds: Sequence[str]) -> None:
        raise AssertionError("nothing was proven")

    new = NewKeys({kind: bytes(range(50, 66)) for kind in STALE}, reserve, activate)
    target = replace(target_of(fleet, spec), keys=STALE, new_keys=new, reserve=reserve)
    with pytest.raises(RemoteProtocolError) as refused:
        with_driver(fleet, target, lambda driver: driver.open())
    assert refused.value.cause is Cause.WRONG_KEY
    assert tried == [0, 0, 0]


def test_keys_no_association_can_prove_are_not_tried() -> None:
    async def never(_: object) -> int:
        raise AssertionError

    async def nothing(_: object) -> None:
        raise AssertionError

    new = NewKeys({"master": bytes(16), "broadcast": bytes(16), "encryption": bytes(16)}, never, nothing)
    assert list(attempts(new)) == [("encryption",)]
    assert bytes(16).hex() not in repr(new) and repr(bytes(16)) not in repr(new)


def session_with(fleet: Fleet, device: Device) -> Outcome:
    """One session with a device of the fleet, with what the database knows of it."""
    job_over(device.utility)
    (held,) = claim()
    held.item.job.expires_at = timezone.now() + timedelta(hours=1)
    known, _ = know([held.item.device])
    plan = Plan(identification=True)

    async def run() -> Outcome:
        server = FleetServer(fleet, Now(fixed=NOON))
        await server.start()
        try:
            return await run_session(held, known[device.pk], plan)
        finally:
            await server.stop()

    return asyncio.run(run())


def make_simulated(fleet: Fleet, keys: dict[str, bytes]) -> Device:
    (spec,) = fleet.meters
    fields: dict[str, Any] = {"host": str(spec.host), "port": int(spec.port or 0), "system_title": spec.system_title}
    device = make_device(make_utility(), server_address=spec.server_address, **fields)
    for kind, key in keys.items():
        keystore.store_key(device=device, kind=kind, key=key)
    return device


@pytest.mark.django_db(transaction=True)
def test_a_session_activates_what_the_meter_answers_to_and_goes_on_with_its_counter() -> None:
    fleet = small_fleet()
    device = make_simulated(fleet, STALE)
    Contact.objects.create(device=device, next_counter=900_000)
    keystore.store_new(device=device, keys=held_by(fleet.meters[0]), why="roll")
    outcome = session_with(fleet, device)
    assert outcome.trace.cause == "", outcome.trace.detail
    rows = DeviceKey.objects.filter(device=device).order_by("kind", "version")
    assert [row.state for row in rows] == ["expired", "active", "expired", "active"]
    assert Contact.objects.get(device=device).next_counter == 250 + COUNTERS_PER_SESSION
    former = rows.get(kind="encryption", version=1)
    assert former.next_counter == 900_000 + COUNTERS_PER_SESSION
    assert AuditRecord.objects.get(verb="keys activated").details["why"].startswith("the device refused")
    known, _ = know([device])
    assert known[device.pk].keys == held_by(fleet.meters[0]) and not known[device.pk].new_keys


@pytest.mark.django_db(transaction=True)
def test_neither_key_fits_nothing_is_activated_and_no_key_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """headend.md §4 row 23: the wrong key is named as such; the key itself is nowhere."""
    fleet = small_fleet()
    device = make_simulated(fleet, STALE)
    keystore.store_new(device=device, keys={"encryption": bytes(range(70, 86))}, why="roll")
    outcome = session_with(fleet, device)
    assert outcome.trace.cause == Cause.WRONG_KEY.value
    assert DeviceKey.objects.get(device=device, kind="encryption", state="new").version == 2
    told = f"{outcome!r} {caplog.text}".lower()
    for key in (*STALE.values(), bytes(range(70, 86))):
        assert key.hex() not in told and repr(key).lower() not in told


@pytest.mark.django_db(transaction=True)
def test_a_key_without_counters_left_is_not_used_any_more() -> None:
    """headend.md §4 row 8: beyond four octets nothing is sent under the key, and the advice is to roll it."""
    fleet = small_fleet()
    device = make_simulated(fleet, held_by(fleet.meters[0]))
    Contact.objects.create(device=device, next_counter=MAX_COUNTER + 1)
    outcome = session_with(fleet, device)
    assert outcome.trace.cause == Cause.COUNTER_EXHAUSTED.value
    assert causes.rule(outcome.trace.cause).advice == "Roll the keys of the device."
    assert not Job.objects.get().items.get().attempts > 1
