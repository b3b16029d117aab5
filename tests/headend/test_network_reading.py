"""Simulated devices with a modem tell of their network, those without tell nothing."""

import pytest

from headend import causes
from headend.causes import SessionError
from headend.drivers.base import NetworkTeller
from headend.drivers.dlms import DlmsDriver
from headend.network import NetworkState, Service, signal_dbm
from simulator.mobile import APN, OPERATOR, cell_of, quality_of
from tests.headend.spoken import target_of, with_driver
from tests.simulator.mixed import HEAD_END, KINDS, mixed_fleet, of_kind
from tests.simulator.worlds import NOON


@pytest.fixture(autouse=True)
def head_end_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulated meters trust this key."""
    monkeypatch.setattr("headend.drivers.dlms_association.signing_key", lambda: HEAD_END)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_tells_where_it_is_or_nothing(kind: str) -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, kind)
    target = target_of(fleet, spec)
    found: list[NetworkState | None] = []

    async def act(driver: DlmsDriver) -> None:
        assert isinstance(driver, NetworkTeller)
        await driver.open()
        if target.description.network is None:
            with pytest.raises(SessionError) as refused:
                await driver.read_network()
            assert refused.value.cause == causes.UNSUPPORTED_MODEL
        else:
            found.append(await driver.read_network())

    with_driver(fleet, target, act)
    if target.description.network is None:
        assert found == []
    elif spec.host is None:
        assert found == [None], "behind a concentrator there is no modem"
    else:
        assert found == [_expected(spec.serial, str(spec.host))]


def _expected(serial: str, host: str) -> NetworkState:
    location, cell = cell_of(serial)
    power = signal_dbm(quality_of(serial, NOON))
    return NetworkState(OPERATOR, True, False, Service.LTE, location, cell, power, APN, host)


@pytest.mark.parametrize("number", range(40))
def test_the_signal_stays_within_what_can_be_told(number: int) -> None:
    told = [quality_of(f"KRN{number:08d}", hour * 3600) for hour in range(48)]
    assert all(signal_dbm(quality) is not None for quality in told)
    assert len(set(told)) > 3, "it goes up and down"
