"""Sessions with a meter that is addressed by short names: its map is kept, and asked for again when it may be wrong."""

import asyncio
from dataclasses import replace

import pytest

from devices.keystore import store_key
from devices.models import Contact, Device, ProfileLayout
from headend.drivers.dlms_names import known_names, names_layout
from headend.knowledge import know
from headend.models import JobItem
from headend.plan import NAMES, Plan
from headend.sessions import run_session
from headend.storing import Outcome, store_outcomes
from protocols.dlms.base_names import BaseNames, NamedObject
from protocols.dlms.obis import Obis
from simulator.fleet import Fleet, MeterSpec
from simulator.models import SN4
from simulator.now import Now
from simulator.serving import FleetServer
from tests.factories import make_device, make_device_model, make_installation, make_metering_point, make_utility
from tests.headend.claiming import claim, job_over
from tests.simulator.mixed import mixed_fleet, of_kind
from tests.simulator.worlds import NOON

PLAN = Plan(identification=True, registers=(Obis.parse("1-0:1.8.0"),))


def _device_of(spec: MeterSpec) -> Device:
    """The meter as its shipment file and an installer would have left it."""
    utility = make_utility()
    device = make_device(
        utility, model=make_device_model(SN4), host=spec.host, port=spec.port, serial_number=spec.serial,
        link_address=spec.link_address, system_title=spec.system_title,
    )  # fmt: skip
    store_key(device=device, kind="password", key=bytes.fromhex(spec.password or ""))
    make_installation(device, make_metering_point(utility))
    return device


def _session(fleet: Fleet, device: Device) -> Outcome:
    """One session as a worker does it, stored."""
    job_over(device.utility)
    (held,) = claim()
    known, _ = know([held.item.device])

    async def run() -> Outcome:
        server = FleetServer(fleet, Now(fixed=NOON))
        await server.start()
        try:
            return await run_session(held, known[device.pk], PLAN)
        finally:
            await server.stop()

    outcome = asyncio.run(run())
    store_outcomes([outcome], owner="a")
    return outcome


def _learned(outcome: Outcome) -> bool:
    return NAMES in [layout.obis for layout in outcome.readings.layouts]


@pytest.mark.django_db
def test_the_map_is_kept_until_a_contact_fails() -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, SN4)
    device = _device_of(spec)
    first, second = _session(fleet, device), _session(fleet, device)
    assert [step.name for step in first.trace.steps] == [
        "link", "associate", "clock", "identification", "registers", "release",
    ]  # fmt: skip
    assert list(JobItem.objects.values_list("state", flat=True)) == ["ok", "ok"]
    assert (_learned(first), _learned(second)) == (True, False)
    assert second.readings.registers[0].value == first.readings.registers[0].value

    Contact.objects.filter(device=device).update(failures=1)
    third = _session(fleet, device)
    assert (third.trace.cause, _learned(third)) == ("", True)
    assert ProfileLayout.objects.filter(device=device, obis=str(NAMES)).count() == 1


def test_a_map_survives_being_kept() -> None:
    names = BaseNames(
        [NamedObject(0x62E8, 7, Obis.parse("1-0:99.1.0"), 1), NamedObject(0x2BC0, 8, Obis.parse("0-0:1.0.0"))]
    )
    layout = names_layout(names)
    assert known_names(replace(layout, known=True)).objects == names.objects
    assert known_names(None).objects == BaseNames().objects
