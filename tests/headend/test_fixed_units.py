"""Scaler and unit that a description fixes are used; all others are asked of the meter."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from headend.drivers.base import Target
from headend.drivers.dlms import DlmsDriver
from headend.plan import Stretch
from protocols.dlms.obis import Obis
from protocols.dlms.units import CODES, ScalerUnit
from simulator.fleet import Fleet
from simulator.models import SM3
from tests.headend.spoken import target_of, with_driver
from tests.simulator.mixed import mixed_fleet, of_kind
from tests.simulator.worlds import NOON

LOAD, ENERGY, VOLTAGE = (Obis.parse(text) for text in ("1-0:99.1.0", "1-0:1.8.0", "1-0:32.7.0"))
DECIVOLT, CENTIVOLT = ScalerUnit(-1, CODES["V"]), ScalerUnit(-2, CODES["V"])
HOUR = Stretch(LOAD, datetime.fromtimestamp(NOON, UTC) - timedelta(hours=1), datetime.fromtimestamp(NOON, UTC))


def _described(units: Mapping[Obis, ScalerUnit]) -> tuple[Fleet, Target]:
    fleet = mixed_fleet()
    target = target_of(fleet, of_kind(fleet, SM3))
    return fleet, replace(target, description=replace(target.description, units=units))


def test_a_register_with_a_fixed_unit_is_not_asked_for_it() -> None:
    """headend.md §4 row 16: wrong scaler or unit per model."""
    asked: dict[str, int] = {}

    def reading(name: str, units: Mapping[Obis, ScalerUnit], expected: ScalerUnit) -> None:
        async def act(driver: DlmsDriver) -> None:
            await driver.open()
            before = driver.sent
            (value,), layout = await driver.read_registers([VOLTAGE], None)
            asked[name] = driver.sent - before
            assert (value.scaler, value.unit) == (expected.scaler, expected.symbol)
            assert [column.scaler for column in layout.columns] == [expected.scaler]

        with_driver(*_described(units), act)

    reading("by the meter", {}, DECIVOLT)
    reading("by the file", {VOLTAGE: CENTIVOLT}, CENTIVOLT)
    assert asked["by the file"] < asked["by the meter"]


def test_a_fixed_unit_goes_before_what_is_on_file() -> None:
    """headend.md §4 row 16: a corrected file counts at once, not when the layout on file is 30 days old."""
    kilowatt_hours = ScalerUnit(3, CODES["Wh"])

    async def act(driver: DlmsDriver) -> None:
        await driver.open()
        fresh = await driver.read_layout(LOAD)
        assert [column.scaler for column in fresh.columns] == [None, None, 3, 0]
        wrong = replace(fresh, columns=tuple(replace(column, scaler=column.scaler and 0) for column in fresh.columns))
        rows = await driver.read_profile(wrong, HOUR)
        assert [column.scaler for column in rows.layout.columns] == [None, None, 3, 0]
        assert rows.at.size == 4

    with_driver(*_described({ENERGY: kilowatt_hours}), act)
