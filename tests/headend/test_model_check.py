"""`manage.py devicemodel` as somebody types it: files alone, and beside a simulated meter."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from access.models import AuditRecord
from devices import descriptions
from devices.models import Contact, Device
from simulator.models import DC1, SN4
from tests.factories import make_device, make_device_model, make_utility
from tests.headend.model_meter import device_of, on_network, present_fleet
from tests.simulator.mixed import BEHIND, concentrator, mixed_fleet, of_kind

pytestmark = pytest.mark.django_db
Told = dict[str, dict[str, str]]


def devicemodel(*words: str) -> str:
    out = io.StringIO()
    call_command("devicemodel", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def device() -> Iterator[Device]:
    """A simulated meter that answers, with its keys on file."""
    fleet = present_fleet()
    with on_network(fleet):
        yield device_of(make_utility(), fleet.meters[0])


def described(folder: Path, **changes: Any) -> Path:
    """A file that says how it differs from the description of the simulated meter."""
    path = folder / "tried.json"
    path.write_text(json.dumps({"code": "tried", "inherits": "aim-sm3", **changes}))
    return path


def beside(path: Path, device: Device) -> tuple[Told, bool]:
    """What a check says of each place, and whether it ended well."""
    out = io.StringIO()
    try:
        call_command("devicemodel", "check", str(path), "--serial", device.serial_number, "--json", stdout=out)
    except CommandError:
        well = False
    else:
        well = True
    return {each["place"]: each for each in json.loads(out.getvalue())["device"]}, well


def test_every_shipped_file_is_checked_and_listed() -> None:
    listed = devicemodel("list")
    for code in descriptions.codes():
        assert code in listed
        assert devicemodel("check", code) == f"{code}.json: nothing found.\n"


def test_a_description_that_fits_its_meter(device: Device) -> None:
    text = devicemodel("check", "aim-sm3", "--serial", device.serial_number)
    assert text.endswith("aim-sm3.json: nothing found.\n")
    lines = {line.split()[0]: line for line in text.splitlines()}
    assert device.serial_number in lines["identification.serial_number"]
    assert "4 rows read" in lines["profiles[1-0:99.1.0].rows"]
    assert "× 10^-1 V" in lines["registers[1-0:32.7.0]"]
    assert all(line.endswith("ok") for line in list(lines.values())[1:-1])
    record = AuditRecord.objects.get(verb="keys used")
    assert "check a device description" in record.summary
    assert Contact.objects.get(device=device).session_owner == ""


BROKEN: list[tuple[dict[str, Any], str, str, str]] = [
    ({"registers": [{"obis": "1-0:3.8.0"}]}, "registers[1-0:3.8.0]", "error", "take it out"),
    ({"identification": {"firmware": "1-0:0.2.9"}}, "identification.firmware", "error", "correct the code"),
    (
        {"profiles": [{"obis": "1-0:99.1.0", "columns": [
            {"obis": "0-0:1.0.0", "role": "clock"}, {"obis": "1-0:1.8.0", "unit": "Wh"},
        ]}]},
        "profiles[1-0:99.1.0].columns", "error", "in this order: 0-0:1.0.0/2, 0-0:96.10.1/2, 1-0:1.8.0/2, 1-0:2.8.0/2",
    ),
    (
        {"profiles": [{"obis": "1-0:99.1.0", "columns": [
            {"obis": "0-0:1.0.0", "role": "clock"}, {"obis": "0-0:96.10.1", "role": "status"},
            {"obis": "1-0:1.8.0", "unit": "varh"}, {"obis": "1-0:2.8.0", "unit": "Wh"},
        ]}]},
        "profiles[1-0:99.1.0].columns[1-0:1.8.0].unit", "error", "Write 'Wh'.",
    ),
    ({"event_logs": [{"obis": "0-0:99.98.7", "name": "None", "columns": ["clock", "code"], "codes": {}}]},
     "event_logs[0-0:99.98.7]", "error", "The step failed"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "place", "verdict", "advice"), BROKEN)
def test_what_does_not_fit_the_meter_is_named(
    changes: dict[str, Any], place: str, verdict: str, advice: str, device: Device, tmp_path: Path
) -> None:
    told, well = beside(described(tmp_path, **changes), device)
    assert not well
    wrong = [each for each in told.values() if each["verdict"] == "error"]
    assert told[place]["verdict"] == verdict
    assert advice in told[place]["advice"]
    assert told["clock"]["verdict"] == "ok", "the other steps were done"
    assert len(wrong) <= 2


def test_classes_versions_and_fixed_units_are_compared(device: Device, tmp_path: Path) -> None:
    """headend.md §4 row 16: a scaler the file fixes otherwise than the meter tells it is shown."""
    listed, _ = beside(described(tmp_path), device)
    objects: list[dict[str, Any]] = [
        {"obis": place[8:-1], "class_id": int(each["device"].split()[1].strip(",")), "version": int(each["device"][-1])}
        for place, each in listed.items()
        if place.startswith("objects[")
    ]
    changed: dict[str, dict[str, Any]] = {
        "1-0:99.1.0": {"version": 0},
        "1-0:1.8.0": {"class_id": 4},
        "1-0:32.7.0": {"scaler": 0, "unit": "V"},
    }
    for entry in objects:
        entry.update(changed.get(entry["obis"], {}))
    told, well = beside(described(tmp_path, objects=objects), device)
    assert not well
    assert told["objects[1-0:99.1.0]"]["advice"] == "Write version 1."
    assert told["objects[1-0:1.8.0]"]["advice"] == "Write class_id 3."
    assert told["registers[1-0:32.7.0]"]["verdict"] == "warning"
    assert told["objects[0-0:44.0.0]"]["verdict"] == "note"


def test_short_names_and_meters_behind_a_concentrator_are_checked_alike() -> None:
    fleet, utility = mixed_fleet(), make_utility()
    gate, grid, behind = concentrator(fleet), of_kind(fleet, SN4), of_kind(fleet, BEHIND)
    with on_network(fleet):
        way = make_device(
            utility, serial_number=gate.serial, host=gate.host, port=gate.port, model=make_device_model(DC1)
        )
        device_of(
            utility,
            grid,
            model=make_device_model(SN4),
            link_address=grid.link_address,
            server_address=grid.server_address,
        )
        device_of(utility, behind, concentrator=way, gateway_address=behind.gateway_address)
        for spec in (grid, behind):
            text = devicemodel("check", spec.model, "--serial", spec.serial)
            assert text.endswith(f"{spec.model}.json: nothing found.\n")
            assert f"{spec.serial}" in text
            assert "class 7, version 1" in text


def test_a_check_that_cannot_associate_says_why(device: Device) -> None:
    with pytest.raises(CommandError, match=r"connection_refused|unreachable"):
        devicemodel("check", "aim-sm3", "--serial", device.serial_number, "--host", "127.0.0.1", "--port", "1")
    with pytest.raises(CommandError, match="no client 'cashier'; there are: public, management"):
        devicemodel("check", "aim-sm3", "--serial", device.serial_number, "--client", "cashier")
    with pytest.raises(CommandError, match="say also --serial"):
        devicemodel("check", "aim-sm3", "--host", "127.0.0.1")
    with pytest.raises(CommandError, match="There is no device X1"):
        devicemodel("check", "aim-sm3", "--serial", "X1")
    with pytest.raises(CommandError, match="no file nobody-1"):
        devicemodel("check", "nobody-1")
