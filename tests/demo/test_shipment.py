"""The shipment file made by the simulator itself: both sides of the format meet here."""

import json
from pathlib import Path

import pytest

from aim.demo.shipment import ShipmentError, make_shipment, read_shipment


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
