"""A device model added as a file only, by following the how-to step by step."""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from aim import places
from devices.descriptions import description
from devices.models import Device, DeviceModel
from devices.services.installations import Placement, install
from metering.models import Series
from simulator.fleet import Fleet
from tests.docs.pages import Document
from tests.factories import make_metering_point, make_utility
from tests.headend.model_meter import device_of, on_network, present_fleet

HOW_TO = Document(places.BASE / "docs" / "how-to" / "add-a-device-model.md")
SERIAL, CODE = "XYZ12345678", "xyz-100"


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A folder of descriptions of one's own."""
    settings.DEVICE_MODELS = tmp_path / "device-models"
    settings.DEVICE_MODELS.mkdir()
    description.cache_clear()
    yield settings.DEVICE_MODELS
    description.cache_clear()


def follow(step: int) -> str:
    """Do what the shell block of a step says, and give what was printed."""
    out = StringIO()
    words = shlex.split(HOW_TO.blocks("sh")[step])
    assert words[:2] == [".venv/bin/python", "manage.py"]
    here = ["--here"] if words[2] == "read" else []
    call_command(*words[2:], *here, stdout=out)
    return out.getvalue()


def meter_on_file(fleet: Fleet) -> Device:
    """The meter of the how-to, installed two days ago."""
    utility = make_utility()
    device = device_of(utility, fleet.meters[0], model=DeviceModel.objects.get(code=CODE))
    install(placements=[Placement(device, make_metering_point(utility), datetime.now(UTC) - timedelta(days=2))])
    return device


def test_a_model_is_a_file_only(database: str, folder: Path) -> None:
    fleet = present_fleet()
    fleet = replace(fleet, meters=(replace(fleet.meters[0], serial=SERIAL),))
    assert "aim-sm3" in follow(0)
    (text,) = HOW_TO.blocks("json")
    (folder / f"{CODE}.json").write_text(text)
    assert follow(1) == f"{CODE}.json: nothing found.\n"
    assert "Example Meters XYZ 100" in follow(2)
    with on_network(fleet):
        device = meter_on_file(fleet)
        assert follow(3).endswith(f"{CODE}.json: nothing found.\n")
        assert "1 ok" in follow(4)
    device.refresh_from_db()
    assert device.firmware == "SIM1-02.10"
    promised = Series.objects.filter(source=SERIAL, periodicity="interval", kind="stand")
    assert set(promised.values_list("measured_property__obis", flat=True)) >= {"1-0:1.8.0", "1-0:2.8.0"}
    stored = set(Series.objects.filter(source=SERIAL).values_list("measured_property__obis", flat=True))
    assert "1-0:32.7.0" in stored
    assert stored.isdisjoint({"1-0:1.7.0", "1-0:14.7.0"})
