"""Devices out of files: addresses, installations with stands and multipliers, and never a key."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.utils import timezone

from access.roles import ADMINISTRATOR
from devices.models import Contact, Device, Installation
from integration.imports import run_check, run_store
from integration.models import FileImport, ImportRow
from integration.services.steering import confirm_import
from metering.models import BoundaryStand, MeasuredProperty, Multiplier, Series
from tests import factories as make
from tests.integration.imports.masterdata import Registry, changes, fresh, outcomes, problems
from tests.queries import count_queries

State = FileImport.State


@pytest.fixture
def registry(db: None, files: object) -> Registry:
    make.make_property("1-0:1.8.0")
    make.make_device_model("aim-sm3")
    make.make_device_model("aim-dc1")
    utility = make.make_utility()
    return Registry(utility, make.make_user(ADMINISTRATOR, utilities=[utility], username="aino"))


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


INSTALLING = "Serial number;Model;Metering point;Installed;Initial stand (kWh);CT;VT"


def test_devices_are_installed_with_their_stand_and_multiplier(registry: Registry) -> None:
    point = make.make_metering_point(registry.utility)
    line = f"LGZ1;aim-sm3;{point.gsrn};1.6.2026 09:30;1234,5;200/5;20000/100"
    row = registry.check("devices", INSTALLING, line)
    assert changes(row, 2)[1:] == [
        ["Metering point", "", f"{point.gsrn} from 2026-06-01 09:30"],
        ["Initial stand", "", "1234.5 kWh (1-0:1.8.0)"],
        ["Multiplier", "", "8000"],
    ]
    assert not Installation.objects.exists()
    assert registry.store("devices", INSTALLING, line).stored["new"] == 1
    at = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)
    installation = Installation.objects.select_related("device").get()
    assert (installation.metering_point, installation.period.lower) == (point, at)
    assert installation.device.state == Device.State.INSTALLED
    assert Series.objects.filter(metering_point=point, source="LGZ1", kind="stand").exists()
    stand, multiplier = BoundaryStand.objects.get(), Multiplier.objects.get()
    assert (stand.value, stand.side, stand.at, stand.source) == (Decimal(1234500), "initial", at, "LGZ1")
    assert (multiplier.numerator, multiplier.denominator, multiplier.valid_from) == (8000, 1, at)
    assert LogEntry.objects.get_for_object(installation).count() == 1
    again = registry.store("devices", INSTALLING, line)
    assert again.stored == {"new": 0, "changed": 0, "unchanged": 1, "refused": 0}


def test_a_stand_and_a_multiplier_are_corrected_where_they_are(registry: Registry) -> None:
    point = make.make_metering_point(registry.utility)
    registry.store("devices", INSTALLING, f"LGZ1;aim-sm3;{point.gsrn};2026-06-01;10;200/5;")
    row = registry.store("devices", INSTALLING, f"LGZ1;;{point.gsrn};2026-06-01;20;300/5;")
    assert changes(row, 2) == [
        ["Initial stand", "10 kWh (1-0:1.8.0)", "20 kWh (1-0:1.8.0)"], ["Multiplier", "40", "60"],
    ]  # fmt: skip
    assert (BoundaryStand.objects.get().value, Multiplier.objects.get().numerator) == (Decimal(20_000), 60)
    assert registry.undo(row).taken_back["changed"] == 1
    assert (BoundaryStand.objects.get().value, Multiplier.objects.get().numerator) == (Decimal(10_000), 40)


def test_conflicting_installations_are_named(registry: Registry) -> None:
    first, second, third = (make.make_metering_point(registry.utility) for _ in range(3))
    hanging = make.make_device(registry.utility, serial_number="LGZ1")
    make.make_installation(hanging, first, datetime(2026, 1, 1, tzinfo=UTC))
    row = registry.check(
        "devices", "Serial number;Model;Metering point;Installed",
        f"LGZ1;;{second.gsrn};2026-06-01", f"LGZ2;aim-sm3;{first.gsrn};2026-06-01",
        f"LGZ3;aim-sm3;{third.gsrn};", "LGZ4;aim-sm3;;2026-06-01", "LGZ5;aim-sm3;77;2026-06-01",
    )  # fmt: skip
    assert [reason for _, _, reason in problems(row)] == [
        f"the device hangs at {first.gsrn} since 2026-01-01 02:00: remove it there first",
        "device LGZ1 hangs there since 2026-01-01 02:00: remove it first",
        "since when it hangs there is not said",
        "at which metering point it hangs is not said",
        "no metering point open to you has this number",
    ]
    other = registry.check("devices", "Serial number;Metering point;Installed", f"LGZ1;{first.gsrn};2026-02-01")
    assert "the device hangs at" in problems(other)[0][2]
    two = registry.check(
        "devices", "Serial number;Model;Metering point;Installed",
        f"LGZ8;aim-sm3;{third.gsrn};2026-06-01", f"LGZ9;aim-sm3;{third.gsrn};2026-06-01",
    )  # fmt: skip
    assert outcomes(two) == ["refused", "refused"]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-29 02:30", datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        ("2026-03-29 03:30", "does not come on that day in Europe/Helsinki"),
        ("2026-03-29 04:00", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("2026-10-25 03:30", "comes twice on that day in Europe/Helsinki"),
        ("2026-10-25T03:30:00+02:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("25.10.2026", datetime(2026, 10, 24, 21, tzinfo=UTC)),
        ("2026-06-01T00:00:00Z", datetime(2026, 6, 1, tzinfo=UTC)),
        ("06/01/2026", "it is no day or time"),
        ("1899-12-31", "outside the years 2000 to 2099"),
    ],
)
def test_local_times_of_installations_on_days_the_clock_changes(
    registry: Registry, at: str, expected: datetime | str
) -> None:
    point = make.make_metering_point(registry.utility)
    row = registry.store(
        "devices", "Serial number;Model;Metering point;Installed", f"LGZ1;aim-sm3;{point.gsrn};{at}", "LGZ2;aim-sm3;;"
    )  # fmt: skip
    if isinstance(expected, str):
        assert expected in problems(row)[0][2]
    else:
        assert Installation.objects.get().period.lower == expected


@pytest.mark.parametrize(
    ("head", "cells", "reason"),
    [
        ("Initial stand", "ten", "it is no number"),
        ("Initial stand", "-5", "no register shows less than zero"),
        ("Initial stand", "1" * 20, "no number of at most 15 digits"),
        ("Initial stand", "NaN", "no number"),
        ("Initial stand (m3)", "5", "no register 1-0:1.8.0 with the unit m3 is known"),
        ("Initial stand;Register", "5;1-0:99.8.0", "no register 1-0:99.8.0 is known"),
        ("Initial stand;Register", "5;one", "is no OBIS code"),
        ("Multiplier", "0", "the ratio must lie between"),
        ("Multiplier", "1/0", "no number or ratio"),
        ("Multiplier", "20000000", "the ratio must lie between"),
        ("Multiplier;CT", "40;100/5", "and is said once"),
    ],
)
def test_stands_and_multipliers_that_cannot_be_are_refused(
    registry: Registry, head: str, cells: str, reason: str
) -> None:
    point = make.make_metering_point(registry.utility)
    start = f"LGZ1;aim-sm3;{point.gsrn};2026-06-01"
    row = registry.check("devices", f"Serial number;Model;Metering point;Installed;{head}", f"{start};{cells}")
    assert reason in problems(row)[0][2]
    nowhere = registry.check("devices", "Serial number;Model;Initial stand", "LGZ1;aim-sm3;5")
    assert "say the metering point" in problems(nowhere)[0][2]


def test_undoing_takes_down_what_nobody_has_reached(registry: Registry) -> None:
    points = [make.make_metering_point(registry.utility) for _ in range(2)]
    there = make.make_device(registry.utility, serial_number="LGZ1")
    lines = (f"LGZ1;;{points[0].gsrn};2026-06-01;5;;", f"LGZ2;aim-sm3;{points[1].gsrn};2026-06-01;6;2/1;")
    row = registry.store("devices", INSTALLING, *lines)
    row = registry.undo(row)
    assert row.taken_back == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}, fresh(row).cause
    there.refresh_from_db()
    assert there.state == Device.State.INVENTORY
    assert list(Device.objects.all()) == [there]
    assert not Installation.objects.exists()
    assert not BoundaryStand.objects.exists() and not Multiplier.objects.exists()


def test_undoing_leaves_a_device_that_has_answered_as_it_hangs(registry: Registry) -> None:
    point = make.make_metering_point(registry.utility)
    row = registry.store("devices", INSTALLING, f"LGZ1;aim-sm3;{point.gsrn};2026-06-01;5;;")
    Contact.objects.update(last_attempt_at=timezone.now(), last_contact_at=timezone.now())
    row = registry.undo(row)
    assert row.taken_back["new"] == 0
    assert ImportRow.objects.get(file_import=row).kept.endswith("the device was reached there since")
    assert BoundaryStand.objects.exists() and Installation.objects.exists() and Device.objects.exists()


def _queries(registry: Registry, first: int, number: int) -> int:
    points = [make.make_metering_point(registry.utility) for _ in range(number)]
    lines = (
        f"N{first + index};aim-sm3;{point.gsrn};2026-06-0{index % 9 + 1};{index};{index % 7 + 2}/1;"
        for index, point in enumerate(points)
    )
    row = registry.begin("devices", INSTALLING, *lines)
    with count_queries() as checking:
        run_check(row.pk)
    confirm_import(row=fresh(row), user=registry.user)
    with count_queries() as storing:
        run_store(row.pk)
    assert fresh(row).stored["new"] == number, problems(row)
    return checking.number + storing.number


def test_the_number_of_queries_does_not_grow_with_the_page(registry: Registry) -> None:
    _queries(registry, 1000, 2)
    assert _queries(registry, 2000, 60) == _queries(registry, 3000, 3)


def test_the_register_of_a_stand_is_the_first_the_model_delivers(registry: Registry) -> None:
    assert MeasuredProperty.objects.filter(obis="1-0:2.8.0").exists()
    point = make.make_metering_point(registry.utility)
    head = "Serial number;Model;Metering point;Installed;Initial stand (MWh);Register"
    registry.store("devices", head, f"LGZ1;aim-sm3;{point.gsrn};2026-06-01;1,5;1-0:2.8.0")
    stand = BoundaryStand.objects.select_related("measured_property").get()
    assert (stand.measured_property.obis, stand.value) == ("1-0:2.8.0", Decimal(1_500_000))
