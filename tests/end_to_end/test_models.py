"""Meters of every model, direct and behind a concentrator: what is in the database is what they hold."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from devices.models import Device
from devices.signing import public_point
from rig import stored
from rig.simulator_process import Simulator, make_fleet
from tests.end_to_end.conftest import DAYS
from tests.end_to_end.reading import read

METERS = 6


@pytest.fixture
def mixed(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A fleet with every model, and the demo utility around it."""
    now = datetime.now(UTC).replace(microsecond=0)
    path = tmp_path_factory.mktemp("mixed") / "fleet.json"
    simulator = Simulator(make_fleet(path, meters=METERS, seed=7, now=now, client_public=public_point()), now)
    call_command("demo_load", fleet=path, days=DAYS, stdout=StringIO())
    yield simulator
    simulator.stop()


def test_every_model_is_read_like_all_others(mixed: Simulator) -> None:
    models = set(Device.objects.values_list("model__code", flat=True))
    assert models == {"aim-sm3", "aim-sn4", "aim-sm5", "aim-ec2", "aim-dc1", "aim-gs1"}
    (behind,) = Device.objects.exclude(concentrator=None)
    assert behind.concentrator is not None
    (gas,) = Device.objects.exclude(master=None)
    delivered = Device.objects.filter(serial_number__in=mixed.serials)
    serials = list(delivered.values_list("serial_number", flat=True))

    for kind in ("profile", "daily", "events"):
        job = read(kind, *serials, gas.serial_number)
        problems = list(job.items.exclude(state="ok").values_list("device__serial_number", "last_cause", "detail"))
        assert problems == []
    began = {serial: stored.installed_at(serial) for serial in (*serials, gas.serial_number)}
    assert {serial: stored.profile(serial) for serial in serials} == {
        serial: mixed.truth(serial, began[serial]) for serial in serials
    }
    of_gas = mixed.truth(gas.serial_number, began[gas.serial_number], profile="0-n:24.3.0")
    assert stored.profile(gas.serial_number, per_unit=1000) == of_gas
    for serial in serials:
        truth = mixed.truth(serial, began[serial], profile="1-0:99.2.0")
        assert {obis: register["sum"] for obis, register in stored.daily(serial).items()} == {
            obis: register["sum"] for obis, register in truth.items()
        }
