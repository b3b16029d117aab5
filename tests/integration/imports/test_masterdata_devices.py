"""Devices out of files: models, addresses, who hangs behind whom, and never a key."""

from __future__ import annotations

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
