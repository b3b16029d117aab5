"""Energy: splits lose nothing, stands are exact, monotone and the same after a restart."""

import gzip
import math
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from simulator import curves
from simulator.curves import CURVES, EPOCH_ORDINAL, curve
from simulator.energy import EnergyRegisters
from simulator.household import EPOCH, QUARTER, Household, HouseholdKey, household
from simulator.localtime import DAY, local_time
from simulator.make_curves import complete_days, readings
from simulator.make_fleet import ZONE
from simulator.now import Now
from simulator.present import Present
from simulator.split import apportion, split_intervals
from simulator.sun import plant_energy
from tests.simulator.worlds import NOON, at, meter

HELSINKI = ZoneInfo(ZONE)
SOURCE = Path(curves.__file__).parent / "data" / "curves.npz"
energies = arrays(np.int64, st.integers(1, 60), elements=st.integers(0, 65_535))


@given(energies, st.sampled_from([2, 4]))
def test_a_split_interval_keeps_its_energy(energy: np.ndarray, parts: int) -> None:
    quarters = split_intervals(energy, parts).reshape(-1, parts)
    assert (quarters.sum(axis=1) == energy).all()
    assert (quarters >= 0).all()


def test_largest_remainder_serves_the_largest_remainder() -> None:
    shared = apportion(np.array([10, 1, 3]), np.array([[1, 1, 1], [1, 2, 1], [0, 0, 0]]))
    assert shared.tolist() == [[4, 3, 3], [0, 1, 0], [1, 1, 1]]


@pytest.mark.parametrize(
    ("name", "days", "kwh"), [("home-0", 976, 3779), ("home-1", 464, 5481), ("home-2", 735, 13999)]
)
def test_the_curves_hold_the_energy_of_their_source(name: str, days: int, kwh: int) -> None:
    assert curve(name).energy.shape == (days, 96)
    assert round(curve(name).energy.sum() / 1000) == kwh


@pytest.mark.parametrize("name", CURVES)
def test_a_day_plays_a_source_day_of_its_weekday_and_season(name: str) -> None:
    with np.load(SOURCE) as stored:
        ordinals = stored[f"{name}.days"]
    for day in (date(2026, 1, 1), date(2026, 7, 15), date(2028, 2, 29), date(2026, 12, 31)):
        number = np.array([day.toordinal() - EPOCH_ORDINAL])
        played = {date.fromordinal(int(ordinals[curve(name).source_days(number, variant)[0]])) for variant in range(20)}
        for source in played:
            apart = abs(source.timetuple().tm_yday - day.timetuple().tm_yday)
            assert source.weekday() == day.weekday()
            assert min(apart, 365 - apart) <= 21
        assert len(played) > 1


def test_source_days_with_holes_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv.gz"
    rows = [
        f"2013-05-0{day} {hour:02d}:00:00,0.0{hour}" for day in (1, 2) for hour in range(24) if (day, hour) != (2, 7)
    ]
    rows.append("2013-05-01 00:00:00,0.00")
    path.write_bytes(gzip.compress("\n".join(["start,value", *rows]).encode()))
    days, energy = complete_days(readings(path, utc=False, swapped=False), 24)
    assert days.tolist() == [date(2013, 5, 1).toordinal()]
    assert energy[0, :3].tolist() == [0, 10, 20]
    days, _ = complete_days(readings(path, utc=False, swapped=True), 24)
    assert days.tolist() == [date(2013, 1, 5).toordinal()]


def brute_force_wh(key: HouseholdKey, start: int, end: int) -> int:
    """Import of whole quarters in [start, end) one by one with zoneinfo, without prefix sums."""
    total = 0
    source = curve(key.curve)
    for instant in range(start, end, QUARTER):
        local = datetime.fromtimestamp(instant, HELSINKI)
        day = np.array([local.date().toordinal() - EPOCH_ORDINAL])
        slot = (local.hour * 4 + local.minute // 15 - key.shift) % 96
        total += int(source.energy[source.source_days(day, key.variant)[0], slot])
    return total


@pytest.mark.parametrize("name", CURVES)
def test_stands_equal_a_sum_of_quarters_over_a_clock_change(name: str) -> None:
    key = HouseholdKey(name, 3, 2, 0, ZONE)
    end = at("2024-04-02T00:00")
    registers = EnergyRegisters(household(key), 1000, (5, 7, 11))
    stands = registers.stands(np.array([end]))
    assert stands.imported[0] == 12 + brute_force_wh(key, EPOCH, end)
    assert stands.export[0] == 11


def test_a_scaled_stand_is_right_to_one_watt_hour_a_register_for_ever() -> None:
    source = household(HouseholdKey("home-1", 0, 0, 0, ZONE))
    times = np.arange(EPOCH, NOON, 7 * DAY)
    plain = EnergyRegisters(source, 1000, (0, 0, 0)).stands(times).imported
    scaled = EnergyRegisters(source, 1337, (0, 0, 0)).stands(times).imported
    assert (np.abs(scaled - plain * 1.337) < 2).all()


def test_a_stand_within_a_quarter_is_the_exact_share_rounded_down() -> None:
    source = household(HouseholdKey("home-2", 0, 0, 0, ZONE))
    times = np.arange(NOON, NOON + 7200, 7)
    stands = EnergyRegisters(source, 1337, (5, 7, 11)).stands(times)
    for column, initial, register in ((0, 5, stands.import_t1), (1, 7, stands.import_t2)):
        raw = source.cumulated(times)[column].tolist()
        assert register.tolist() == [initial + math.floor(Fraction(wh * 1337, 900_000)) for wh in raw]


def test_a_reading_lasts_a_second() -> None:
    device = meter()
    present = Present(device)
    first = present()
    assert present() is first
    device.now = Now(fixed=NOON + 3600)
    later = present()
    assert later.import_t1 > first.import_t1
    assert later.phases != first.phases


@pytest.mark.parametrize("solar", [0, 6000])
def test_stands_never_fall_and_rates_add_up(solar: int) -> None:
    registers = meter(solar=solar).recording.registers
    times = np.arange(at("2025-10-25"), at("2025-10-28"), 7)
    stands = registers.stands(times, [(at("2025-10-26T01:00"), at("2025-10-26T01:20:30"))])
    for register in (stands.import_t1, stands.import_t2, stands.export):
        assert (np.diff(register) >= 0).all()
    assert (stands.imported == stands.import_t1 + stands.import_t2).all()


def test_rate_one_counts_from_seven_to_twenty_two_local_time() -> None:
    registers = meter().recording.registers
    for day in ("2026-01-14", "2026-07-15"):
        midnight = datetime.fromisoformat(day).replace(tzinfo=HELSINKI)
        hours = np.array([int((midnight + timedelta(hours=hour)).timestamp()) for hour in (0, 7, 22, 24)])
        stands = registers.stands(hours)
        assert np.diff(stands.import_t1).astype(bool).tolist() == [False, True, False]
        assert np.diff(stands.import_t2).astype(bool).tolist() == [True, False, True]


def test_nothing_is_used_without_power() -> None:
    registers = meter().recording.registers
    start, end = at("2026-03-01T10:03:20"), at("2026-03-01T13:31")
    times = np.array([start - 60, start, start + 3000, end, NOON])
    on, off = registers.stands(times).imported, registers.stands(times, [(start, end)]).imported
    assert off[0] == on[0]
    assert off[1] == off[2] == off[3]
    assert abs((on[4] - off[4]) - (on[3] - on[1])) <= 2


def test_a_new_process_that_asks_in_another_order_finds_the_same_history() -> None:
    key = HouseholdKey("home-2", 4, -1, 3000, ZONE)
    early, late = np.array([at("2024-02-01T03:21:07")]), np.array([at("2027-08-01T03:21:07")])
    first, second = Household(key), Household(key)
    forward = (first.cumulated(early).tolist(), first.cumulated(late).tolist())
    backward = (second.cumulated(late).tolist(), second.cumulated(early).tolist())
    assert forward == backward[::-1]


def test_a_plant_gives_energy_by_day_and_the_house_takes_its_own_first() -> None:
    year = np.arange(at("2025-01-01"), at("2026-01-01"), QUARTER)
    energy = plant_energy(year, QUARTER, 1000, sky=1)
    assert 750_000 < energy.sum() < 1_050_000
    local_hour = (year + local_time(ZONE).offset(year)) // 3600 % 24
    assert energy[(local_hour < 3) | (local_hour >= 23)].sum() == 0
    homes = [Household(HouseholdKey("home-0", 0, 0, watts, ZONE)) for watts in (0, 3000)]
    bare, roofed = (home.quarters(0, 40_000) for home in homes)
    plant = plant_energy(EPOCH + np.arange(40_000) * QUARTER, QUARTER, 3000, homes[1].sky)
    assert (bare[:2].sum(axis=0) - plant == roofed[:2].sum(axis=0) - roofed[2]).all()
    assert (np.minimum(roofed[:2].sum(axis=0), roofed[2]) == 0).all()


def test_local_midnights_are_those_of_zoneinfo() -> None:
    found = local_time(ZONE).midnights(at("2026-03-27"), at("2026-04-01"))
    assert [datetime.fromtimestamp(int(instant), UTC).hour for instant in found] == [22, 22, 21, 21, 21]
    assert all(datetime.fromtimestamp(int(instant), HELSINKI).hour == 0 for instant in found)
