"""Factory files become devices with keys: wrapped in the file, sealed in the store, clear nowhere (headend.md §1.4)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.keywrap import aes_key_wrap, aes_key_wrap_with_padding
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access.models import AuditRecord
from access.roles import METERING_OPERATOR
from devices import keystore
from devices.key_checks import check_value
from devices.keystore import transport
from devices.models import Contact, Device, DeviceKey
from integration.imports import run_check, run_store
from integration.imports.factory.bad_rows import bad_rows
from integration.models import FileImport, ImportRow
from integration.services.files import keep
from integration.services.steering import confirm_import
from integration.services.uploads import Order, begin_import
from tests import factories as make
from tests.integration.imports.masterdata import Registry, changes, checked, fresh, outcomes, problems
from tests.queries import count_queries

pytestmark = pytest.mark.usefixtures("models")
State = FileImport.State
SHARED = bytes(range(200, 232))
EK, AK, OTHER = bytes(range(16)), bytes(range(50, 66)), bytes(range(70, 86))
HEAD = (
    "serial_number;model;system_title;logical_device_name;usn;firmware;transport_key;"
    "key:encryption;key:authentication;key:password;check:encryption"
)


def wrapped(key: bytes, under: bytes = SHARED) -> str:
    return aes_key_wrap(under, key).hex()


def line(serial: str = "AIM1", **given: str) -> str:
    cells = {
        "model": "aim-sm3", "title": "", "name": "", "usn": "", "firmware": "", "transport": "AIM-2026",
        "ek": wrapped(EK), "ak": wrapped(AK), "password": "", "check": "",
    } | given  # fmt: skip
    return ";".join((serial, *cells.values()))


def xml(*devices: str) -> bytes:
    body = "\n".join(devices)
    return f"<?xml version='1.0'?>\n<factoryFile transportKey='AIM-2026'>\n{body}\n</factoryFile>".encode()


@pytest.fixture(autouse=True)
def transport_key(registry: Registry) -> None:
    transport.add(utility=registry.utility, name="AIM-2026", key=SHARED)


def keys_of(serial: str) -> dict[str, bytes]:
    device = Device.objects.get(serial_number=serial)
    return keystore.open_keys(keystore.active_keys([device.pk]).get(device.pk, []))


def test_devices_come_with_their_keys(registry: Registry) -> None:
    password = aes_key_wrap_with_padding(SHARED, b"12345678").hex()
    more = {"title": "41494d0000000001", "name": "AIM0000000000001", "usn": "U1", "firmware": "1.2"}
    row = registry.store("factory", HEAD, line(password=password, check=check_value(EK)[:6].lower(), **more))
    assert (row.state, row.stored["new"]) == (State.DONE, 1), problems(row)
    device = Device.objects.get(serial_number="AIM1")
    assert (device.system_title, device.usn, device.firmware) == ("41494D0000000001", "U1", "1.2")
    assert keys_of("AIM1") == {"encryption": EK, "authentication": AK, "password": b"12345678"}
    assert ["Encryption key (EK)", "", "version 1"] in changes(row, 2)


def test_xml_brings_the_same_and_rsa_unwraps_likewise(registry: Registry) -> None:
    private, pem = transport.new_key_pair()
    transport.add(utility=registry.utility, name="RSA", key=private)
    public = serialization.load_pem_public_key(pem)
    assert isinstance(public, RSAPublicKey)
    sealed = public.encrypt(OTHER, transport.OAEP).hex()
    octets = xml(
        "<device><serialNumber>AIM1</serialNumber><model>aim-sm3</model>",
        f"<key kind='encryption' check='{check_value(EK)}'>{wrapped(EK)}</key>",
        f"<key kind='mbus_user' transportKey='RSA'>{sealed}</key></device>",
    )
    row = checked(registry.begin_octets("factory", octets, "shipment.xml", confirm_at_once=True))
    run_store(row.pk)
    assert fresh(row).state == State.DONE, problems(row)
    assert keys_of("AIM1") == {"encryption": EK, "mbus_user": OTHER}


def test_a_clear_key_is_nowhere(registry: Registry, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """Not in lines, problems, audit trail, history, log, pages or any other table."""
    row = registry.store("factory", HEAD, line(), line("AIM2", check="000000"))
    client.force_login(registry.user)
    answers = [client.get(f"{row.get_absolute_url()}{part}") for part in ("", "lines/")]
    assert [answer.status_code for answer in answers] == [200, 200]
    pages = "".join(answer.content.decode() for answer in answers)
    told = caplog.text + pages + "".join(part.decode() for part in bad_rows(row))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {connection.ops.quote_name(table)} t")
            told += cursor.fetchone()[0]
    for key in (EK, AK, SHARED):
        assert key.hex() not in told.lower()
    assert "AIM1" in told


@pytest.mark.parametrize(
    ("given", "column", "reason"),
    [
        ({"ek": wrapped(EK, bytes(32))}, "key:encryption", "wrapped under another transport key, or altered"),
        ({"transport": "nobody"}, "key:encryption", "no transport key 'nobody' in use"),
        ({"check": "ABCDEF"}, "key:encryption", "the check digits are not those of the key"),
        ({"ek": wrapped(EK * 2)}, "key:encryption", "32 octets, 16 are needed"),
        ({"model": "nobody"}, "model", "no device model of this code or name"),
        ({"model": ""}, "model", "a new device needs a model"),
        ({"title": "41494D"}, "system_title", "16 hexadecimal digits"),
        ({"title": "41494D0000000001", "name": "XYZ0000000000001"}, "logical_device_name", "another manufacturer"),
        ({"name": "AIM" * 9}, "logical_device_name", "4 to 16 ASCII characters"),
        ({"usn": "taken"}, "usn", "has this already"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_line_and_column(
    registry: Registry, given: dict[str, str], column: str, reason: str
) -> None:
    make.make_device(registry.utility, serial_number="AIM9", usn="taken")
    row = registry.check("factory", HEAD, line(**given), line("AIM2", ek=wrapped(OTHER)))
    assert {problem[:2] for problem in problems(row)} <= {(2, column), (2, column.replace("enc", "auth"))} | {
        (2, "key:authentication")
    }
    assert reason in problems(row)[0][2] and (2, column) == problems(row)[0][:2]
    assert outcomes(row) == ["refused", "new"]


def test_a_serial_number_that_stands_twice_is_refused_both_times(registry: Registry) -> None:
    row = registry.check("factory", HEAD, line(), line("AIM2"), line(ek=wrapped(OTHER)))
    assert outcomes(row) == ["refused", "new", "refused"]
    assert "the same number stands in" in problems(row)[0][2]
    assert registry.check("factory", HEAD, line("")).expected["refused"] == 1


def test_a_truncated_xml_file_is_told_by_its_line(registry: Registry) -> None:
    octets = xml("<device><serialNumber>AIM1</serialNumber><model>aim-sm3</model></device>", "<device><serial")
    row = checked(registry.begin_octets("factory", octets[: octets.index(b"<serial", 90) + 5], "cut.xml"))
    assert outcomes(row) == ["new", "refused"]
    assert problems(row)[-1][0] == 4 and "breaks off here" in problems(row)[-1][2]


def test_a_file_with_a_clear_key_is_removed_and_nothing_of_it_is_kept(registry: Registry) -> None:
    row = registry.begin("factory", HEAD, line(), line("AIM2", ek=EK.hex()))
    path = row.file.path
    run_check(row.pk)
    assert fresh(row).state == State.FAILED
    assert "Line 3, key:encryption" in row.cause and EK.hex() not in row.cause
    assert not path.exists() and not ImportRow.objects.exists()


def test_a_device_on_file_gets_keys_it_has_not_and_keeps_those_it_has(registry: Registry) -> None:
    model = make.make_device_model("aim-sm3")
    there = [make.make_device(registry.utility, serial_number=f"AIM{n}", model=model) for n in (1, 2, 3)]
    keystore.store_key(device=there[0], kind="encryption", key=EK)
    keystore.store_key(device=there[1], kind="encryption", key=OTHER)
    keystore.store_key(device=there[2], kind="encryption", key=EK)
    keystore.withdraw(device=there[2], kinds=["encryption"], why="stolen")
    row = registry.store("factory", HEAD, line("AIM1"), line("AIM2"), line("AIM3"))
    assert outcomes(row) == ["changed", "refused", "refused"]
    assert [reason for _, _, reason in problems(row)] == [
        "the device has another key of this kind; keys in use are rolled, not loaded over",
        "the device has had this key before, and it was withdrawn",
    ]
    assert keys_of("AIM1") == {"encryption": EK, "authentication": AK}
    assert keys_of("AIM2") == {"encryption": OTHER}
    again = registry.store("factory", HEAD, line("AIM1"))
    assert outcomes(again) == ["unchanged"]


def test_undoing_takes_keys_and_devices_back_but_none_in_use(registry: Registry) -> None:
    row = registry.store("factory", HEAD, line(), line("AIM2", ek=wrapped(OTHER)), line("AIM3"))
    used, rolled = (Device.objects.get(serial_number=serial) for serial in ("AIM2", "AIM3"))
    Contact.objects.create(device=used, last_attempt_at=timezone.now())
    keystore.withdraw(device=rolled, kinds=["encryption"], why="")
    row = registry.undo(row)
    assert list(Device.objects.values_list("serial_number", flat=True)) == ["AIM2", "AIM3"]
    assert keys_of("AIM2") == {"encryption": OTHER, "authentication": AK}
    kept = ImportRow.objects.filter(file_import=row).exclude(kept="").values_list("number", "kept")
    assert [number for number, _ in kept] == ["AIM2", "AIM3"]
    assert all("it is in use" in reason for _, reason in kept)


def test_a_chunk_that_was_stored_is_not_stored_again(registry: Registry) -> None:
    row = registry.check("factory", HEAD, *(line(f"AIM{n}", ek=wrapped(bytes([n]) * 16)) for n in range(1, 6)))
    confirm_import(row=row, user=registry.user)
    run_store(row.pk)
    FileImport.objects.filter(pk=row.pk).update(state=State.STORING)
    run_store(row.pk)
    assert DeviceKey.objects.count() == 10 and fresh(row).state == State.DONE


def test_queries_do_not_grow_with_the_file(registry: Registry) -> None:
    def queries(first: int, count: int) -> int:
        lines = (line(f"AIM{n}", ek=wrapped(n.to_bytes(16, "big"))) for n in range(first, first + count))
        row = registry.begin("factory", HEAD, *lines)
        with count_queries() as counted:
            run_check(row.pk)
        confirm_import(row=fresh(row), user=registry.user)
        with count_queries() as stored:
            run_store(row.pk)
        assert fresh(row).stored["new"] == count
        return counted.number + stored.number

    assert queries(100, 3) == queries(200, 30)


def test_keys_want_the_permission_to_add_keys(registry: Registry) -> None:
    user = make.make_user(METERING_OPERATOR, utilities=[registry.utility])
    row = Registry(registry.utility, user).check("factory", HEAD, line())
    assert row.state == State.FAILED and "may not add and change" in row.cause


def test_transport_keys_of_another_utility_open_nothing(registry: Registry) -> None:
    transport.add(utility=make.make_utility("other"), name="THEIRS", key=SHARED)
    row = registry.check("factory", HEAD, line(transport="THEIRS"))
    assert "no transport key 'THEIRS' in use" in problems(row)[0][2]


def test_a_master_key_that_is_not_there_is_named_and_nothing_is_stored(
    registry: Registry, settings: Settings, tmp_path: Path
) -> None:
    row = registry.begin("factory", HEAD, line())
    settings.MASTER_KEY_FILE = tmp_path / "another.key"
    run_check(row.pk)
    assert fresh(row).state == State.FAILED and "sealed under master key" in row.cause


def test_the_audit_trail_says_who_and_how_many_and_no_key(registry: Registry) -> None:
    registry.store("factory", HEAD, line())
    record = AuditRecord.objects.get(verb="imported")
    assert record.username == "aino" and "1 new" in record.summary
    everything = json.dumps(list(AuditRecord.objects.values("summary", "details")))
    assert wrapped(EK) not in everything and EK.hex() not in everything


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("shipment.csv", f"\ufeff{HEAD}\r\n{line()}\r\n".encode()),
        ("shipment.txt", f"{HEAD}\n{line()}\n".replace(";", "\t").encode()),
        ("shipment.xml", xml("<device serialNumber='AIM1' model='aim-sm3'/>")),
    ],
)
def test_a_factory_file_is_recognised_where_readings_are_expected(registry: Registry, name: str, body: bytes) -> None:
    """Taken for a table of readings it would wait for its columns, keys and all."""
    row = begin_import(utility=registry.utility, file=keep([body]), order=Order(name), user=registry.user)
    assert (row.format, row.content, row.state) == ("factory", "factory", State.CHECKING)
    run_check(row.pk)
    row.refresh_from_db()
    assert row.state == State.READY, problems(row)


def test_a_table_of_devices_without_keys_is_no_factory_file(registry: Registry) -> None:
    body = b"serial_number;model\nAIM1;aim-sm3\n"
    row = begin_import(utility=registry.utility, file=keep([body]), order=Order("devices.csv", content="devices"))
    assert (row.format, row.content) == ("devices", "devices")
