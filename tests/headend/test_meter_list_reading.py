"""From the list in a simulated concentrator to the file, and on to reading a meter where it moved."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from access.models import Utility
from devices.keystore import store_key
from devices.models import Device
from headend import causes, kinds
from headend.knowledge import know
from headend.models import JobItem, ListedMeter
from headend.sessions import run_session
from headend.storing import Outcome, store_outcomes
from headend.worker import _session
from simulator.fleet import DeviceSpec, Fleet, Move
from simulator.now import Now
from simulator.serving import FleetServer
from tests.factories import make_device, make_device_model, make_installation, make_metering_point, make_utility
from tests.headend.claiming import claim, job_over
from tests.simulator.test_moves import SECOND, two_concentrators

pytestmark = pytest.mark.django_db


def on_file(utility: Utility, spec: DeviceSpec, **fields: Any) -> Device:
    fields = {"state": "in_operation", "system_title": spec.system_title.upper(), **fields}
    fields |= {"host": spec.host or "", "port": spec.port or 4059, "model": make_device_model(spec.model)}
    device = make_device(utility, serial_number=spec.serial, **fields)
    for kind, key in (("encryption", spec.ek), ("authentication", spec.ak)):
        store_key(device=device, kind=kind, key=bytes.fromhex(key or ""))
    return device


def read(fleet: Fleet, utility: Utility, serial: str, kind: kinds.JobKind) -> JobItem:
    """Read one device as workers do, and store what came home; the item as it ended."""
    job = job_over(utility)
    job.items.exclude(device__serial_number=serial).delete()
    (held,) = claim("test", limit=1)
    known, _ = know([held.item.device])
    outcome = asyncio.run(_at(fleet, held, known[held.item.device_id], kind))
    store_outcomes([outcome], owner="test")
    return JobItem.objects.get(pk=held.item.pk)


async def _at(fleet: Fleet, held: Any, known: Any, kind: kinds.JobKind) -> Outcome:
    now = timezone.now()
    server = FleetServer(fleet, Now(fixed=int(now.timestamp())))
    await server.start()
    await asyncio.sleep(0.02)
    try:
        return await run_session(held, known, kind.plan(known, {}, now))
    finally:
        await server.stop()


def test_a_meter_is_followed_and_read_where_it_went() -> None:
    fleet, spec = two_concentrators()
    fleet = replace(fleet, meters=(spec,))
    utility = make_utility()
    first, second = (on_file(utility, each) for each in fleet.concentrators)
    meter = on_file(utility, spec, concentrator=first, gateway_address=str(spec.gateway_address).upper())
    make_installation(meter, make_metering_point(utility), timezone.now() - timedelta(hours=3))

    item = read(fleet, utility, first.serial_number, kinds.INVENTORY)
    assert (item.state, item.detail) == ("ok", "meters listed: 1")
    assert ListedMeter.objects.get().state == "registered"

    moved = replace(fleet, moves=(Move(after_s=0, serial=spec.serial, concentrator=SECOND, gateway_address="0a"),))
    item = read(moved, utility, first.serial_number, kinds.INVENTORY)
    assert "lost: 1" in item.detail
    item = read(moved, utility, second.serial_number, kinds.INVENTORY)
    assert "followed: 1" in item.detail
    meter.refresh_from_db()
    assert (meter.concentrator, meter.gateway_address) == (second, "0A")
    item = read(moved, utility, meter.serial_number, kinds.PROFILE)
    assert (item.state, item.last_cause) == ("ok", "")
    assert item.result["rows"] > 0


def test_a_meter_has_no_list_to_be_read() -> None:
    _, spec = two_concentrators()
    utility = make_utility()
    device = on_file(utility, spec)
    job_over(utility)
    job = JobItem.objects.get(device=device).job
    job.kind = kinds.INVENTORY.code
    job.save(update_fields=["kind"])
    (held,) = claim("test", limit=1)
    known, _ = know([held.item.device])
    outcome = asyncio.run(_session(held, known[device.pk], None))
    assert outcome.trace.cause == causes.UNSUPPORTED_MODEL
