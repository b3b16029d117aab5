"""Devices out of files: models, addresses, who hangs behind whom, and never a key."""

from __future__ import annotations

from typing import Any

import pytest

from devices.models import Device
from integration.imports import run_check, run_store
from integration.models import FileImport, ImportRow
from integration.services.steering import confirm_import
from tests import factories as make
from tests.integration.imports.masterdata import Registry, changes, fresh, problems

State = FileImport.State
pytestmark = pytest.mark.usefixtures("models")


def test_devices_are_made_and_changed_with_their_addresses(registry: Registry) -> None:
    head = "Serial number;USN;Device model;IP;Port;HDLC address;System title"
    there = make.make_device(registry.utility, serial_number="LGZ1", host="10.0.0.1", usn="U1")
    row = registry.store(
        "devices", head, "LGZ1;;;10.0.0.9;4060;;", "LGZ2;U2;AIM-SM3;10.0.0.2;;17;4c475a2000000002"
    )  # fmt: skip
    assert changes(row, 2) == [["Address", "10.0.0.1", "10.0.0.9"], ["Port", "4059", "4060"]]
    there.refresh_from_db()
    assert (there.host, there.port, there.usn) == ("10.0.0.9", 4060, "U1")
    new = Device.objects.get(serial_number="LGZ2")
    assert (new.model.code, new.link_address, new.system_title) == ("aim-sm3", 17, "4C475A2000000002")
    assert new.state == Device.State.INVENTORY


@pytest.mark.parametrize(
    ("head", "line", "column", "reason"),
    [
        ("Serial number;Model", "LGZ9;nobody", "Model", "no device model of this code or name"),
        ("Serial number;Model", "LGZ9;", "Model", "a new device needs a model"),
        ("Serial number;Model;Port", "LGZ9;aim-sm3;70000", "Port", "less than or equal to 65535"),
        ("Serial number;Model;System title", "LGZ9;aim-sm3;XYZ", "System title", "16 hexadecimal digits"),
        ("Serial number;Model;USN", "LGZ9;aim-sm3;U1", "USN", "LGZ1 has this already"),
        ("Serial number;Model;USN", "LGZ9;aim-sm3;6,4E+17", "USN", "made the rounded number"),
        ("Serial number;Model", "123;aim-sm3", "Serial number", "device 00123 is on file"),
        ("Serial number;Model", "LGZ3;aim-sm3", "Serial number", "is not open to you"),
        ("Serial number;Model;Concentrator;Node address", "LGZ9;aim-sm3;DC9;0A", "Concentrator", "no device of this"),
        ("Serial number;Model;Concentrator;Node address", "LGZ9;aim-sm3;LGZ1;0A", "Concentrator", "neither a conc"),
        ("Serial number;Model;Concentrator;Node address", "LGZ9;aim-sm3;DC1;", "Concentrator", "an address there"),
        ("Serial number;Model;Concentrator;Node address", "LGZ9;aim-sm3;DC1;0B", "Node address", "LGZ4 has this"),
        ("Serial number;Concentrator;Node address", "LGZ1;DC1;0C", "Concentrator", "none of its own"),
    ],
)
def test_what_no_device_may_be_is_refused_with_line_and_column(
    registry: Registry, head: str, line: str, column: str, reason: str
) -> None:
    make.make_device(registry.utility, serial_number="LGZ1", usn="U1")
    make.make_device(registry.utility, serial_number="00123")
    make.make_device(make.make_utility("other"), serial_number="LGZ3")
    way = make.make_device(registry.utility, serial_number="DC1", model=make.make_device_model("aim-dc1"))
    make.make_device(registry.utility, serial_number="LGZ4", host="", concentrator=way, gateway_address="0B")
    row = registry.check("devices", head, line)
    assert [problem[:2] for problem in problems(row)] == [(2, column)], problems(row)
    assert reason in problems(row)[0][2]
    assert row.expected["refused"] == 1


@pytest.mark.parametrize(
    "heading", ["GUEK", "Encryption key", "Meter key (AK)", "Salausavain", "Passwort", "LLS password"]
)
def test_a_file_with_keys_is_refused_and_removed_at_once(registry: Registry, heading: str) -> None:
    row = registry.begin("devices", f"Serial number;Model;{heading}", "LGZ9;aim-sm3;00112233445566778899AABBCCDDEEFF")
    path = row.file.path
    assert path.exists()
    run_check(row.pk)
    assert fresh(row).state == State.FAILED
    assert f"{heading!r} holds keys" in row.cause and "key files" in row.cause
    assert not path.exists()
    assert not Device.objects.exists() and not ImportRow.objects.exists()


def test_a_concentrator_may_stand_below_the_meters_behind_it(registry: Registry) -> None:
    head = "Serial number;Model;Concentrator;Gateway address;IP"
    row = registry.check("devices", head, "LGZ1;aim-sm3;DC7;0a;", "DC7;aim-dc1;;;10.0.0.1", "LGZ2;aim-sm3;LGZ1;0b;")
    assert [(line, column) for line, column, _ in problems(row)] == [(4, "Concentrator")]
    confirm_import(row=row, user=registry.user)
    run_store(row.pk)
    behind = Device.objects.get(serial_number="LGZ1")
    assert behind.concentrator is not None
    assert (behind.concentrator.serial_number, behind.gateway_address) == ("DC7", "0A")


def test_slave_meters_and_their_master_come_in_one_file_in_any_order(registry: Registry) -> None:
    head = "Serial number;Model;Master;M-Bus channel;Concentrator;Gateway address;IP"
    row = registry.store(
        "devices", head,
        "GAS1;aim-gs1;LGZ1;1;;;", "GAS2;aim-gs1;LGZ1;2;;;", "LGZ1;aim-sm3;;;DC7;0a;", "DC7;aim-dc1;;;;;10.0.0.1",
    )  # fmt: skip
    assert not problems(row)
    slaves = Device.objects.filter(master__serial_number="LGZ1").select_related("master__concentrator")
    assert [(each.serial_number, each.channel) for each in slaves] == [("GAS1", 1), ("GAS2", 2)]
    assert {each.way.serial_number for each in slaves} == {"DC7"}


def test_a_slave_meter_is_hung_on_another_channel_and_taken_off(registry: Registry) -> None:
    master = make.make_device(registry.utility, serial_number="LGZ1")
    fields: dict[str, Any] = {"model": make.make_device_model("aim-gs1"), "host": "", "master": master}
    for number in (1, 2):
        make.make_device(registry.utility, serial_number=f"GAS{number}", channel=number, **fields)
    row = registry.store("devices", "Serial number;Master;Channel", "GAS1;LGZ1;3", "GAS2;-;-")
    assert changes(row, 2) == [["M-Bus channel", "1", "3"]]
    assert changes(row, 3) == [["Master", "LGZ1", ""], ["M-Bus channel", "2", ""]]
    assert dict(Device.objects.filter(serial_number__startswith="GAS").values_list("serial_number", "channel")) == {
        "GAS1": 3,
        "GAS2": None,
    }


@pytest.mark.parametrize(
    ("head", "line", "column", "reason"),
    [
        ("Serial number;Model;Master;Channel", "GAS9;aim-gs1;LGZ1;", "Master", "a master, a channel there"),
        ("Serial number;Model;Master;Channel", "GAS9;aim-gs1;;1", "Master", "a master, a channel there"),
        ("Serial number;Model;Master;Channel;IP", "GAS9;aim-gs1;LGZ1;2;10.0.0.7", "Master", "and no address"),
        ("Serial number;Model;Master;Channel", "GAS9;aim-gs1;LGZ8;2", "Master", "no device of this serial number"),
        ("Serial number;Model;Master;Channel", "GAS9;aim-gs1;LGZ1;1", "Channel", "GAS1 has this already"),
        ("Serial number;Model;Master;Channel", "GAS9;aim-gs1;LGZ1;5", "Channel", "less than or equal to 4"),
        ("Serial number;Model;Master;Channel", "GAS9;aim-sm3;LGZ1;2", "Master", "Only an M-Bus slave meter"),
        ("Serial number;Model;Master;Channel", "GAS9;aim-gs1;OLD1;2", "Master", "no M-Bus channel 2"),
        ("Serial number;Model;Master;Channel", "GAS9;aim-gs1;DC1;2", "Master", "no meter with M-Bus channels"),
    ],
)
def test_what_no_slave_meter_may_be_is_refused(
    registry: Registry, head: str, line: str, column: str, reason: str
) -> None:
    master = make.make_device(registry.utility, serial_number="LGZ1")
    make.make_device(registry.utility, serial_number="OLD1", model=make.make_device_model("aim-sn4"))
    make.make_device(registry.utility, serial_number="DC1", model=make.make_device_model("aim-dc1"))
    gas = make.make_device_model("aim-gs1")
    make.make_device(registry.utility, serial_number="GAS1", model=gas, host="", master=master, channel=1)
    row = registry.check("devices", head, line)
    assert [problem[:2] for problem in problems(row)] == [(2, column)], problems(row)
    assert reason in problems(row)[0][2]


def test_a_removed_slave_meter_makes_room_on_its_channel(registry: Registry) -> None:
    master = make.make_device(registry.utility, serial_number="LGZ1")
    gas = make.make_device_model("aim-gs1")
    make.make_device(
        registry.utility, serial_number="GAS1", model=gas, host="", master=master, channel=1, state="removed"
    )
    row = registry.store("devices", "Serial number;Model;Master;Channel", "GAS9;aim-gs1;LGZ1;1")
    assert not problems(row)
    assert Device.objects.get(serial_number="GAS9").channel == 1
