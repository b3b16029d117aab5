"""Fault and fleet files: what is written is read back, and what is wrong is said."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.fault_json import fault_from_json, fault_to_json
from simulator.faults import KINDS, Fault, FaultError, Gap, PowerFailure
from simulator.fleet import Fleet, FleetError
from simulator.fleet_file import load_fleet, save_fleet, upgrade_fleet
from simulator.line import Line, noise
from simulator.make_fleet import describe_faults, make_fleet
from tests.simulator.mixed import CLIENT_PUBLIC
from tests.simulator.worlds import NOON, meter

EXAMPLES: dict[str, dict[str, object]] = {
    "gap": {"start": "2026-03-01T06:00:00+00:00", "end": "2026-03-01T12:00:00+00:00"},
    "power_failure": {"start": "2026-03-01T06:00:00+00:00", "end": None, "flagged": True},
    "wrong_clock": {"offset_s": -30},
    "silent": {"black_hole": True},
    "refuse_association": {},
    "busy": {},
    "garbage": {"after": 2},
    "wrong_key": {},
    "wrong_counter": {"ahead": 7},
    "cut": {"after_bytes": 9},
    "slow": {"delay_ms": 20},
    "drop": {"after": 3, "count": 1},
    "corrupt": {"after": 0, "count": 0},
    "lost_block": {"number": 3},
    "temporary_failure": {},
    "not_possible": {},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_survives_json(kind: str) -> None:
    given = {"kind": kind, **EXAMPLES[kind]}
    assert fault_to_json(fault_from_json(given)) == given


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "rust"}, "unknown fault 'rust'; known: busy, corrupt, cut"),
        ({}, "unknown fault None"),
        ({"kind": "slow"}, "delay_ms"),
        ({"kind": "slow", "delay_ms": "long"}, "delay_ms must be a number"),
        ({"kind": "slow", "delay_ms": 5, "depth": 1}, "no field depth"),
        ({"kind": "gap", "start": "yesterday", "end": "2026-03-01T12:00:00Z"}, "not an ISO 8601 instant"),
        ({"kind": "gap", "start": "2026-03-01T12:00:00", "end": "2026-03-01T12:00:00Z"}, "no offset"),
        ({"kind": "gap", "start": "2026-03-01T12:00:00Z", "end": "2026-03-01T11:00:00Z"}, "ends before it starts"),
    ],
)
def test_a_wrong_fault_is_explained(given: dict[str, object], words: str) -> None:
    with pytest.raises(FaultError, match=words):
        fault_from_json(given)


def test_a_fleet_survives_its_file(tmp_path: Path) -> None:
    fleet = make_fleet(200, 9, NOON)
    save_fleet(fleet, tmp_path / "fleet.json")
    assert load_fleet(tmp_path / "fleet.json") == fleet


def broken(fleet: Fleet, tmp_path: Path, **changes: object) -> Path:
    """A fleet file whose first meter has other fields."""
    path = tmp_path / "fleet.json"
    save_fleet(fleet, path)
    document = json.loads(path.read_text())
    document["meters"][0] |= changes
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"host": "192.168.1.20"}, "not in 127.0.0.0/8"),
        ({"host": "0.0.0.0"}, "not in 127.0.0.0/8"),
        ({"host": "meter.example"}, "not in 127.0.0.0/8"),
        ({"curve": "factory"}, "unknown curve 'factory'"),
        ({"ek": "00"}, "ek must be 16 bytes"),
        ({"ak": "zz"}, "hexadecimal"),
        ({"initial": [1]}, "unpack"),
        ({"faults": [{"kind": "rust"}]}, "unknown fault"),
        ({"colour": "white"}, "colour"),
        ({"port": 70_000}, "port"),
        ({"serial": "OAM00000002"}, "same serial"),
        ({"model": "aim-sm9"}, "unknown model 'aim-sm9'; known: aim-sm3"),
        ({"model": "aim-sn4"}, "aim-sn4 needs password, link_address"),
        ({"model": "aim-sm5"}, "aim-sm5 needs signing"),
        ({"ek": None}, "aim-sm3 needs ek"),
        ({"password": "xy"}, "hexadecimal"),
        ({"signing": {"meter_private": "00", "meter_public": "00", "client_public": "00"}}, "meter_private must be 32"),
        ({"quirks": ["sleepy"]}, "unknown quirk sleepy"),
        ({"host": None, "port": None}, "either host and port, or concentrator"),
        ({"concentrator": "OAC00000001", "gateway_address": "01"}, "either host and port, or concentrator"),
        (
            {"host": None, "port": None, "concentrator": "OAC00000001", "gateway_address": "01"},
            "behind OAC00000001, which is not in this fleet",
        ),
        ({"host": "127.10.0.2"}, "same address"),
    ],
)
def test_a_wrong_fleet_file_is_explained(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    path = broken(make_fleet(2, 1, NOON), tmp_path, **changes)
    with pytest.raises(FleetError, match=words) as error:
        load_fleet(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("text", ["", "[]", '{"version": 3}', '{"version": 2}', '{"version": 2, "meters": [{}]}'])
def test_a_file_that_is_no_fleet_is_explained(tmp_path: Path, text: str) -> None:
    path = tmp_path / "fleet.json"
    path.write_text(text)
    with pytest.raises(FleetError, match=r"fleet\.json"):
        load_fleet(path)
    with pytest.raises(FleetError, match="No such file"):
        load_fleet(tmp_path / "none.json")


def test_a_mixed_fleet_survives_its_file_and_is_made_again(tmp_path: Path) -> None:
    fleet = make_fleet(200, 1, NOON, client_public=CLIENT_PUBLIC)
    save_fleet(fleet, tmp_path / "fleet.json")
    assert load_fleet(tmp_path / "fleet.json") == fleet == make_fleet(200, 1, NOON, client_public=CLIENT_PUBLIC)
    counts = Counter("behind" if spec.concentrator else spec.model for spec in fleet.meters)
    assert counts == {"aim-sm3": 158, "aim-sn4": 12, "aim-sm5": 12, "aim-ec2": 8, "behind": 10}
    plans = Counter(spec.push.every_min for spec in fleet.meters if spec.push is not None)
    assert plans == {0: 150, 60: 20}
    caller, newcomer = fleet.strangers
    assert caller.push and caller.push.every_min == 5
    assert newcomer.concentrator == fleet.concentrators[0].serial
    plain = make_fleet(200, 1, NOON)
    assert [spec.faults for spec in fleet.meters] == [spec.faults for spec in plain.meters]
    assert all(spec.model == "aim-sm3" and spec.host for spec in fleet.meters if spec.faults)


def test_a_fleet_file_of_version_1_is_explained_and_brought_up_to_date(tmp_path: Path) -> None:
    path, fleet = tmp_path / "fleet.json", make_fleet(3, 1, NOON)
    save_fleet(fleet, path)
    document = json.loads(path.read_text())
    later = {"server_address", "link_address", "password", "signing", "concentrator", "gateway_address", "quirks"}
    meters = [{name: value for name, value in meter.items() if name not in later} for meter in document["meters"]]
    old = {"version": 1, "zone": document["zone"], "made_at": document["made_at"], "meters": meters}
    path.write_text(json.dumps({**old, "meters": [{**meter, "model": "OpenAIM SIM-1"} for meter in meters]}))
    with pytest.raises(FleetError, match=r"of version 1; bring it up to version 2 with: .* upgrade-fleet"):
        load_fleet(path)
    assert upgrade_fleet(path)
    assert load_fleet(path) == fleet
    assert not upgrade_fleet(path)
    assert [each.name for each in tmp_path.iterdir()] == ["fleet.json"]


def test_a_concentrator_is_checked_like_a_meter(tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    save_fleet(make_fleet(20, 1, NOON, client_public=CLIENT_PUBLIC), path)
    document = json.loads(path.read_text())
    document["concentrators"][0]["model"] = "aim-sm3"
    path.write_text(json.dumps(document))
    with pytest.raises(FleetError, match=r"concentrator 0 \(OAC00000001\): unknown model 'aim-sm3'; known: aim-dc1"):
        load_fleet(path)


def test_a_single_host_fleet_has_a_port_for_each_meter() -> None:
    fleet = make_fleet(300, 1, NOON, single_host=True)
    assert {spec.host for spec in fleet.meters} == {"127.0.0.1"}
    assert len({spec.port for spec in fleet.meters}) == 300


def test_five_thousand_meters_have_addresses_of_their_own_and_a_fortieth_of_the_faults_is_printable() -> None:
    fleet = make_fleet(5000, 1, NOON)
    assert len({spec.host for spec in fleet.meters}) == 5000
    lines = describe_faults(fleet)
    assert sum("silent" in line for line in lines) == 25
    assert any("gap start=2026-" in line for line in lines)


def test_times_of_faults_must_be_in_order() -> None:
    with pytest.raises(FaultError, match="ends before it starts"):
        Gap(10, 5)
    with pytest.raises(FaultError, match="ends before it starts"):
        PowerFailure(10, 5)


def line_of(*faults: Fault) -> Line:
    return Line(meter(*faults))


def test_a_healthy_line_changes_nothing() -> None:
    delivery = line_of().deliver(b"right")
    assert (delivery.data, delivery.delay, delivery.close) == (b"right", 0.0, False)


def test_a_cut_line_ends_within_the_answer_that_passes_the_mark() -> None:
    line = line_of(fault_from_json({"kind": "cut", "after_bytes": 7}))
    assert not line.deliver(b"12345").close
    delivery = line.deliver(b"67890")
    assert (delivery.data, delivery.close) == (b"67", True)


def test_noise_is_seeded_and_as_long_as_the_answer() -> None:
    assert noise(1, 21) == noise(1, 21) != noise(2, 21)
    assert len(noise(1, 21)) == 21
    line = line_of(fault_from_json({"kind": "garbage", "after": 1}))
    assert line.deliver(b"right").data == b"right"
    assert line.deliver(b"right").data != b"right"


def test_replacing_a_meter_of_a_fleet_keeps_the_others(tmp_path: Path) -> None:
    fleet = make_fleet(2, 1, NOON)
    changed = replace(fleet, meters=(replace(fleet.meters[0], scale=999), fleet.meters[1]))
    save_fleet(changed, tmp_path / "fleet.json")
    assert load_fleet(tmp_path / "fleet.json").meters[1] == fleet.meters[1]
