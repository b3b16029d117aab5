"""How devices stand in the mobile network: read in a session, kept, taken over for segments, shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from access.models import AuditRecord
from devices.described_network import Network, network_of
from devices.descriptions import description
from headend.drivers.dlms_network import network_attributes, network_state
from headend.models import NetworkReading
from headend.network import NetworkState, Service, signal_dbm
from headend.permits.segments import segments_of
from headend.plan import Readings
from headend.services.networks import drop_old_networks
from headend.storing.network import store_network
from protocols.dlms.encoding import (
    double_long_unsigned,
    enum,
    long_unsigned,
    octet_string,
    structure,
    unsigned,
    visible_string,
)
from protocols.dlms.obis import Obis
from protocols.dlms.tags import DataAccessResult
from tests.headend.outcomes import outcome_of
from tests.scene import Scene, signed_in, text

WHERE = network_of({"diagnostic": "0-0:25.6.0", "apn": "0-0:25.4.0", "address": "0-0:25.1.0"})
TOLD: tuple[Any, ...] = (
    visible_string("Kaarna Mobile"),
    enum(5),
    enum(8),
    structure(long_unsigned(20_333), long_unsigned(4_711), unsigned(9), unsigned(0)),
    octet_string(b"meters.example"),
    double_long_unsigned(0x0A01020F),
)


def told(*results: Any) -> NetworkState | None:
    assert WHERE is not None
    return network_state(network_attributes(WHERE), results)


def test_every_element_is_understood() -> None:
    assert told(*TOLD) == NetworkState(
        "Kaarna Mobile", True, True, Service.NB_IOT, 4_711, 20_333, -95, "meters.example", "10.1.2.15"
    )


def test_version_1_of_the_class_tells_more_and_the_same_first() -> None:
    cell = structure(
        double_long_unsigned(90_001), long_unsigned(7), unsigned(31), unsigned(0), long_unsigned(244),
        long_unsigned(5), double_long_unsigned(6_300),
    )  # fmt: skip
    found = told(*TOLD[:3], cell, *TOLD[4:])
    assert found is not None
    assert (found.cell_name, found.signal_dbm) == ("7-90001", -51)


@pytest.mark.parametrize("quality", [32, 99, 255])
def test_a_signal_that_is_not_known_is_none(quality: int) -> None:
    assert signal_dbm(quality) is None


def test_what_is_refused_is_left_out() -> None:
    refused = DataAccessResult.OBJECT_UNDEFINED
    found = told(*TOLD[:3], refused, refused, refused)
    assert found is not None
    assert (found.operator, found.cell_name, found.signal_dbm, found.apn, found.address) == (
        "Kaarna Mobile", "", None, "", ""
    )  # fmt: skip
    assert told(*[refused] * 6) is None


def test_nonsense_in_the_place_of_a_cell_is_no_cell() -> None:
    found = told(*TOLD[:3], structure(visible_string("x"), long_unsigned(1), unsigned(1)), *TOLD[4:])
    assert found is not None
    assert (found.cell_name, found.signal_dbm) == ("", None)


def test_models_name_their_diagnostic() -> None:
    assert description("smr-500").network == Network(Obis.parse("0-0:25.6.0"))
    assert description("aim-sn4").network is None


STATE = NetworkState("Kaarna Mobile", True, False, Service.LTE, 4_711, 20_333, -105, "meters.example", "10.1.2.15")


def store(scene: Scene, state: NetworkState, at: datetime | None = None) -> None:
    scene.near.job_items.filter(state="running").update(state="ok")
    ended = outcome_of(scene.near, Readings(network=state))
    store_network([replace(ended, trace=replace(ended.trace, started_at=at or ended.trace.started_at))])
    scene.near.refresh_from_db()


def test_it_is_kept_once_and_the_cell_decides_the_segment(scene: Scene) -> None:
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for _ in range(2):
        store(scene, STATE, at)
    row = NetworkReading.objects.get()
    assert (row.device, row.cell, row.signal_dbm, row.address) == (scene.near, "4711-20333", -105, "10.1.2.15")
    assert [str(each) for each in segments_of(scene.near)] == ["cell:4711-20333", "apn:meters.example"]
    trail = AuditRecord.objects.get(verb="cells taken from devices")
    assert trail.details == {scene.near.serial_number: {"cell": "4711-20333", "apn": "meters.example"}}


def test_what_is_not_told_leaves_what_is_on_file(scene: Scene) -> None:
    store(scene, STATE)
    store(scene, NetworkState(operator="Kaarna Mobile"))
    assert (scene.near.cell, scene.near.apn) == ("4711-20333", "meters.example")


def test_the_setting_keeps_segments_as_they_are_on_file(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CELLS_FROM_DEVICES", False)
    store(scene, STATE)
    assert NetworkReading.objects.exists()
    assert (scene.near.cell, scene.near.apn) == ("", "")


def test_old_readings_are_dropped(scene: Scene) -> None:
    now = timezone.now()
    for days in (0, settings.NETWORK_DAYS - 1, settings.NETWORK_DAYS + 1):
        store(scene, STATE, now - timedelta(days=days))
    assert drop_old_networks() == 1
    assert NetworkReading.objects.count() == 2


def test_the_page_of_the_device_shows_it(scene: Scene) -> None:
    assert "Mobile network" not in text(signed_in(scene.mikko).get(scene.near.get_absolute_url()))
    store(scene, replace(STATE, operator="<i>K"))
    page = text(signed_in(scene.mikko).get(scene.near.get_absolute_url()))
    assert "Weak, -105 dBm" in page
    assert "4711-20333" in page
    assert "&lt;i&gt;K" in page
    assert "Mobile network" not in text(signed_in(scene.pekka).get(scene.near.get_absolute_url()))
