"""The shipment file made by the simulator itself: both sides of the format meet here."""

import json
import re
from pathlib import Path

import pytest

from aim.demo.districts import addresses, districts
from aim.demo.shipment import ShipmentError, make_shipment, read_shipment, update_shipment
from protocols.dlms.security import Suite
from protocols.dlms.security.curves import point_of, private_key

CLIENT_PUBLIC = point_of(private_key(Suite.P256, bytes(31) + b"\x05").public_key())


def test_the_simulators_fleet_file_is_a_shipment_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "fleet.json"
    make_shipment(path, meters=5)
    shipment = read_shipment(path).meters
    fleet = json.loads(path.read_text())["meters"]
    assert [(meter.serial, meter.host, meter.port) for meter in shipment] == [
        (meter["serial"], meter["host"], meter["port"]) for meter in fleet
    ]
    assert [meter.encryption_key.hex() for meter in shipment] == [meter["ek"] for meter in fleet]
    assert len({meter.system_title for meter in shipment}) == 5


def test_the_same_fleet_is_made_again_where_the_file_was_lost(tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    make_shipment(first, meters=3)
    make_shipment(second, meters=3)
    assert read_shipment(first) == read_shipment(second)


def test_a_fleet_that_cannot_be_made_leaves_no_file_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    with pytest.raises(ShipmentError, match=r"the simulator made no fleet: simulator: .*at least one meter"):
        make_shipment(path, meters=0)
    assert not path.exists()


def test_keys_are_not_shown_where_a_meter_is_printed(tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    make_shipment(path, meters=1)
    (meter,) = read_shipment(path).meters
    assert meter.encryption_key.hex() not in repr(meter)
    assert repr(meter.encryption_key) not in repr(meter)


def test_a_mixed_fleet_tells_the_secrets_and_the_way_of_each_device(tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    make_shipment(path, meters=20, client_public=CLIENT_PUBLIC)
    shipment = read_shipment(path)
    assert [device.model for device in shipment.concentrators] == ["aim-dc1"]
    models = {meter.model: meter for meter in shipment.meters}
    grid, suite_1 = models["aim-sn4"], models["aim-sm5"]
    assert (len(grid.password), grid.encryption_key, grid.signing_key) == (8, b"", b"")
    assert grid.link_address
    assert (len(suite_1.signing_key), len(suite_1.encryption_key), suite_1.password) == (64, 16, b"")
    (behind,) = (meter for meter in shipment.meters if meter.concentrator)
    assert (behind.host, behind.concentrator) == ("", shipment.concentrators[0].serial)
    assert re.fullmatch("[0-9A-F]{8}", behind.gateway_address)
    ((master, gas),) = ((meter, slave) for meter in shipment.meters for slave in meter.slaves)
    assert (master.model, gas.model, gas.channel) == ("aim-sm3", "aim-gs1", 1)


def test_in_the_demo_a_tenth_pushes_one_is_unknown_and_one_transformer_goes_dark(tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    make_shipment(path, meters=200, client_public=CLIENT_PUBLIC)
    meters, fleet = read_shipment(path).meters, json.loads(path.read_text())
    assert sum(meter.pushes for meter in meters) == 20
    assert not {stranger["serial"] for stranger in fleet["strangers"]} & {meter.serial for meter in meters}
    assert [bool(stranger["concentrator"]) for stranger in fleet["strangers"]] == [False, True]
    (lost,) = fleet["moves"]
    assert lost["serial"] in {meter.serial for meter in meters if meter.concentrator}
    (incident,) = fleet["incidents"]
    assert incident == {
        "after_s": 120,
        "lasts_s": 240,
        "serials": [meter.serial for meter, house in zip(meters, addresses(200), strict=True)
                    if house.district.code == districts()[-1].code],
    }  # fmt: skip
    assert len(incident["serials"]) == 50
    update_shipment(path)
    assert json.loads(path.read_text()) == fleet


def test_an_old_fleet_file_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    make_shipment(path, meters=2)
    now = read_shipment(path)
    document = json.loads(path.read_text())
    old = {name: value for name, value in document.items() if name != "concentrators"} | {"version": 1}
    path.write_text(json.dumps(old))
    with pytest.raises(ShipmentError, match="not a fleet file of version 2"):
        read_shipment(path)
    update_shipment(path)
    assert read_shipment(path) == now
    path.write_text("{}")
    with pytest.raises(ShipmentError, match="not a fleet file of version 2"):
        update_shipment(path)
