"""What a description fixes of registers is used: scaler and unit, their class, and the code values are stored under."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from devices.descriptions import description
from headend.drivers.base import Target
from headend.drivers.dlms import DlmsDriver
from headend.drivers.dlms_registers import register_names
from headend.plan import Stretch
from protocols.dlms.obis import Obis
from protocols.dlms.objects import EXTENDED_REGISTER, REGISTER
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


def test_values_are_stored_under_the_code_the_description_gives() -> None:
    """The meter is asked by its own code; what it says of an M-Bus channel becomes a volume of gas."""
    fleet, target = _described({})
    gas = Obis.parse("7-0:3.0.0")
    target = replace(target, description=replace(target.description, stored_as={ENERGY: gas}))

    async def act(driver: DlmsDriver) -> None:
        await driver.open()
        values, _ = await driver.read_registers([ENERGY, VOLTAGE], None)
        assert [value.obis for value in values] == [gas, VOLTAGE]
        layout = await driver.read_layout(LOAD)
        assert layout.columns[2].obis == ENERGY
        rows = await driver.read_profile(layout, HOUR)
        assert [column.obis for column in rows.layout.columns if column.is_value] == [gas, Obis.parse("1-0:2.8.0")]

    with_driver(fleet, target, act)


def test_registers_are_read_by_the_class_the_description_gives() -> None:
    master = description("dsmr-422")
    on_channel = Obis.parse("0-2:24.2.1")
    names = register_names([on_channel, ENERGY], None, master)
    assert [name.class_id for name in names] == [EXTENDED_REGISTER, REGISTER]
    assert [name.unit for name in names] == [None, ScalerUnit(0, CODES["Wh"])]


def test_a_slave_meter_is_described_for_the_channel_it_hangs_on() -> None:
    gas = description("mbus-gas", 3)
    profile = gas.interval_profile
    assert profile is not None
    assert (str(profile.obis), profile.interval_s) == ("0-3:24.3.0", 3600)
    assert profile.values == ((Obis.parse("7-0:3.0.0"), "m³"),)
    assert gas.stored_as == {Obis.parse("0-3:24.2.1"): Obis.parse("7-0:3.0.0")}
    assert description("mbus-heat", 1).stored_as == {Obis.parse("0-1:24.2.1"): Obis.parse("6-0:1.0.0")}
