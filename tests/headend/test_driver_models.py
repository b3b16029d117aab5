"""One driver for every way a device can be spoken to: names, security, line, and what goes wrong with each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from devices import signing
from devices.descriptions import description
from headend import causes
from headend.causes import SessionError
from headend.drivers.base import Target
from headend.drivers.dlms import DlmsDriver
from headend.plan import Stretch
from protocols.dlms.obis import Obis
from protocols.errors import Cause, ProtocolError
from simulator.fleet import Fleet
from simulator.models import DC1, SM3, SM5, SN4
from tests.headend.spoken import target_of, with_driver
from tests.simulator.mixed import BEHIND, HEAD_END, KINDS, concentrator, mixed_fleet, of_kind
from tests.simulator.worlds import NOON

LOAD = Obis.parse("1-0:99.1.0")
ENERGY = Obis.parse("1-0:1.8.0")


@pytest.fixture(autouse=True)
def head_end_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulated meters trust this key."""
    monkeypatch.setattr("headend.drivers.dlms_association.signing_key", lambda: HEAD_END)


@pytest.mark.parametrize("kind", KINDS)
def test_devices_of_every_kind_are_read_alike(kind: str) -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, kind)
    end = datetime.fromtimestamp(NOON, UTC)

    async def act(driver: DlmsDriver) -> None:
        await driver.open()
        assert abs(await driver.read_clock() + datetime.now(UTC).timestamp() - NOON) < 5
        assert (await driver.read_identification())["serial_number"] == spec.serial
        (value,), layout = await driver.read_registers([ENERGY], None)
        assert (value.obis, value.unit, len(layout.columns)) == (ENERGY, "Wh", 1)
        profile = await driver.read_layout(LOAD)
        assert [column.unit for column in profile.columns] == [None, None, "Wh", "Wh"]
        rows = await driver.read_profile(profile, Stretch(LOAD, end - timedelta(days=1), end))
        assert rows.at.size == 96
        assert rows.held.all()
        assert 0 < driver.sent < driver.received

    with_driver(fleet, target_of(fleet, spec), act)


def _cause(fleet: Fleet, target: Target) -> str:
    with pytest.raises((SessionError, ProtocolError)) as caught:
        with_driver(fleet, target, lambda driver: driver.open())
    error: Exception = caught.value
    assert isinstance(error, (SessionError, ProtocolError))
    return error.cause if isinstance(error, SessionError) else error.cause.value


@pytest.mark.parametrize(
    ("kind", "wrong", "cause"),
    [
        (SN4, {"password": b"wrong!!!"}, Cause.REJECTED_ASSOCIATION.value),
        (SN4, {}, causes.NO_KEYS),
        (SM5, {"encryption": bytes(16)}, Cause.WRONG_KEY.value),
        (SM3, {"authentication": bytes(16)}, Cause.WRONG_KEY.value),
        (SM5, {"signature": None}, causes.NO_KEYS),
        (SM5, {"signature": bytes(64)}, Cause.GARBAGE.value),
    ],
)
def test_wrong_and_missing_keys_are_named(kind: str, wrong: dict[str, bytes | None], cause: str) -> None:
    fleet = mixed_fleet()
    target = target_of(fleet, of_kind(fleet, kind))
    keys = {**target.keys, **wrong} if wrong else {}
    assert _cause(fleet, replace(target, keys={name: key for name, key in keys.items() if key})) == cause


def test_a_meter_that_does_not_know_our_signing_key_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headend.drivers.dlms_association.signing_key", signing.signing_key)
    fleet = mixed_fleet()
    assert _cause(fleet, target_of(fleet, of_kind(fleet, SM5))) == Cause.AUTHENTICATION_FAILED.value


def test_a_concentrator_does_not_know_every_address() -> None:
    fleet = mixed_fleet()
    target = target_of(fleet, of_kind(fleet, BEHIND))
    assert _cause(fleet, replace(target, gateway_address=b"\xff\xff")) == Cause.REJECTED_CONNECTION.value


def test_hdlc_meters_answer_only_to_their_link_address() -> None:
    fleet = mixed_fleet()
    target = target_of(fleet, of_kind(fleet, SN4))
    quick = replace(target.transport, patience_s=0.4, retry_s=0.1)
    assert _cause(fleet, replace(target, link_address=4000, transport=quick)) == causes.NO_ANSWER


def test_the_concentrator_is_a_device_too() -> None:
    fleet = mixed_fleet()
    spec = concentrator(fleet)
    model = of_kind(fleet, SM3)
    target = replace(
        target_of(fleet, model),
        host=str(spec.host),
        port=int(spec.port or 0),
        description=description(DC1),
        system_title=bytes.fromhex(spec.system_title),
        keys={"encryption": bytes.fromhex(spec.ek or ""), "authentication": bytes.fromhex(spec.ak or "")},
    )

    async def act(driver: DlmsDriver) -> None:
        await driver.open()
        assert (await driver.read_identification())["serial_number"] == spec.serial

    with_driver(fleet, target, act)
