"""A commercial meter through the worker into the database: what is stored is what it holds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from devices.models import Contact, Device
from events.models import Event
from headend.models import JobItem
from protocols.errors import Cause
from rig import stored
from rig.simulator_process import Simulator, make_fleet
from simulator.fleet_file import load_fleet, save_fleet
from simulator.models import EC2
from tests.end_to_end.conftest import DAYS
from tests.end_to_end.reading import item, read, try_again
from tests.headend.commercial import PASSWORD


@pytest.fixture
def commercial(database: str, tmp_path: Path) -> Iterator[Simulator]:
    """Two commercial meters, and the demo utility around them."""
    now = datetime.now(UTC).replace(microsecond=0)
    path = make_fleet(tmp_path / "fleet.json", meters=2, seed=5, now=now)
    fleet = load_fleet(path)
    meters = [replace(each, model=EC2, ek=None, ak=None, password=PASSWORD.hex()) for each in fleet.meters]
    save_fleet(replace(fleet, meters=tuple(meters)), path)
    simulator = Simulator(path, now)
    call_command("demo_load", fleet=path, days=DAYS, stdout=StringIO())
    yield simulator
    simulator.stop()


def test_values_events_and_what_is_known_of_the_contact(commercial: Simulator) -> None:
    for kind in ("profile", "daily", "events", "read_now"):
        job = read(kind)
        assert set(job.items.values_list("state", "last_cause")) == {(JobItem.State.OK, "")}
    for serial in commercial.serials:
        began = stored.installed_at(serial)
        assert stored.profile(serial) == commercial.truth(serial, began)
        truth = commercial.truth(serial, began, profile="1-0:99.2.0")
        assert {obis: register["sum"] for obis, register in stored.daily(serial).items()} == {
            obis: register["sum"] for obis, register in truth.items()
        }
        contact = Contact.objects.get(device__serial_number=serial)
        assert contact.failures == 0
        assert abs(contact.clock_offset_s or 99) < 60
        assert Device.objects.get(serial_number=serial).firmware == "EC2-03.02"
    assert Event.objects.filter(at__gte=datetime.now(UTC) - timedelta(days=400)).count() > 0
    before = stored.everything()
    read("profile")
    assert [row for row in before if row not in stored.everything()] == []
    assert stored.versions() == 0


def test_failures_reach_the_job_with_their_cause(commercial: Simulator) -> None:
    locked, cut = commercial.serials
    commercial.fault(locked, kind="wrong_key")
    commercial.fault(cut, kind="cut", after_bytes=300)
    job = read("profile")
    assert item(job, locked).last_cause == Cause.AUTHENTICATION_FAILED.value
    assert item(job, cut).last_cause == Cause.CONNECTION_CUT.value
    commercial.clear_faults()
    try_again(job)
    assert set(job.items.values_list("state", "attempts")) == {(JobItem.State.OK, 2)}
