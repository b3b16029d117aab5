"""Profile rows: the right ones exist, on clock-change days too, and faults of the data show in them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulator.clock import MeterClock
from simulator.eventlog import (
    CLOCK_CHANGED,
    CLOCK_NEW_TIME,
    CLOCK_OLD_TIME,
    POWER_DOWN,
    POWER_UP,
    failure_log,
    ordinary_events,
    standard_log,
)
from simulator.faults import Gap, PowerFailure, WrongClock
from simulator.household import QUARTER
from simulator.make_fleet import ZONE, make_fleet
from simulator.meter import Meter
from simulator.now import Now
from simulator.profiles import STATUS_CLOCK_ADJUSTED, STATUS_DST, STATUS_POWER_DOWN
from simulator.truth import DAILY_PROFILE, LOAD_PROFILE, meter_truth, totals
from tests.simulator.worlds import NOON, at, meter

HELSINKI = ZoneInfo(ZONE)
ALL = (0, 1 << 40)


@pytest.mark.parametrize(
    ("day", "next_day", "rows"),
    [("2026-03-29", "2026-03-30", 92), ("2025-10-26", "2025-10-27", 100), ("2026-02-01", "2026-02-02", 96)],
)
def test_a_local_day_has_as_many_rows_as_quarters_and_a_utc_day_96(day: str, next_day: str, rows: int) -> None:
    start, end = (int(datetime.fromisoformat(text).replace(tzinfo=HELSINKI).timestamp()) for text in (day, next_day))
    recording = meter(now=end + 86_400).recording
    found = recording.load_rows(end + 86_400, start, end - 1)
    assert len(found.stamps) == rows
    assert (np.diff(found.stamps) == QUARTER).all()
    assert len(recording.load_rows(end + 86_400, at(day), at(next_day) - 1).stamps) == 96


def test_summer_time_is_flagged_from_the_change_on() -> None:
    rows = meter(now=at("2026-03-29T03:00")).recording.load_rows(at("2026-03-29T03:00"), at("2026-03-29T00:30"), ALL[1])
    summer = rows.stamps >= at("2026-03-29T01:00")
    assert (((rows.status & STATUS_DST) != 0) == summer).all()
    assert summer.any()
    assert not summer.all()


def test_the_load_profile_holds_sixty_days_and_a_row_appears_at_each_quarter() -> None:
    recording = meter().recording
    rows = recording.load_rows(NOON, *ALL)
    assert len(rows.stamps) == 60 * 96
    assert rows.stamps[-1] == NOON - NOON % QUARTER
    coming = NOON - NOON % QUARTER + QUARTER
    assert recording.load_rows(coming - 1, *ALL).stamps[-1] == coming - QUARTER
    later = recording.load_rows(coming, *ALL)
    assert later.stamps[-1] == coming
    assert len(later.stamps) == 60 * 96


def test_rows_do_not_change_as_time_goes_on() -> None:
    earlier = meter(now=NOON).recording.load_rows(NOON, *ALL)
    later = meter(now=NOON + 86_400).recording.load_rows(NOON + 86_400, *ALL)
    assert (earlier.stands.imported[96:] == later.stands.imported[:-96]).all()
    assert (earlier.stamps[96:] == later.stamps[:-96]).all()


def test_the_daily_profile_has_the_stand_of_each_local_midnight() -> None:
    recording = meter(solar=3000).recording
    daily = recording.daily_rows(NOON, at("2025-10-20"), ALL[1])
    assert all(datetime.fromtimestamp(int(stamp), HELSINKI).hour == 0 for stamp in daily.stamps)
    assert len(daily.stamps) == (date(2026, 3, 10) - date(2025, 10, 20)).days
    load = recording.load_rows(NOON, *ALL)
    shared = np.isin(load.stamps, daily.stamps)
    assert shared.sum() >= 59
    assert (load.stands.imported[shared] == daily.stands.imported[-shared.sum() :]).all()


def test_a_gap_has_no_rows_but_the_energy_goes_on() -> None:
    gap = Gap(at("2026-03-03T06:00"), at("2026-03-03T12:00"))
    whole, holed = (meter(*faults).recording.load_rows(NOON, *ALL) for faults in ((), (gap,)))
    missing = np.setdiff1d(whole.stamps, holed.stamps)
    assert missing.tolist() == list(range(gap.start, gap.end, QUARTER))
    assert (whole.stands.imported[np.isin(whole.stamps, holed.stamps)] == holed.stands.imported).all()


def test_a_power_failure_leaves_a_hole_flags_the_first_row_and_logs_both_ends() -> None:
    failure = PowerFailure(at("2026-03-03T06:05"), at("2026-03-03T07:20"))
    recording = meter(failure).recording
    rows = recording.load_rows(NOON, at("2026-03-03T06:00"), at("2026-03-03T08:00"))
    hours = [datetime.fromtimestamp(int(stamp), UTC).strftime("%H:%M") for stamp in rows.stamps]
    assert hours == ["06:00", "07:30", "07:45", "08:00"]
    assert [bool(status & STATUS_POWER_DOWN) for status in rows.status] == [False, True, False, False]
    log = standard_log(recording, 1, NOON)
    assert (failure.start, POWER_DOWN) in {(entry.stamp, entry.value) for entry in log}
    assert (failure.end, POWER_UP) in {(entry.stamp, entry.value) for entry in log}
    assert [(entry.stamp, entry.value) for entry in failure_log(recording, NOON)] == [(failure.end, 75 * 60)]


def test_a_flagged_power_failure_keeps_rows_with_flat_stands() -> None:
    failure = PowerFailure(at("2026-03-03T06:05"), at("2026-03-03T07:20"), flagged=True)
    rows = meter(failure).recording.load_rows(NOON, at("2026-03-03T06:15"), at("2026-03-03T07:45"))
    assert len(rows.stamps) == 7
    assert [bool(status & STATUS_POWER_DOWN) for status in rows.status] == [True] * 6 + [False]
    assert len(set(rows.stands.imported[:5].tolist())) == 1
    assert rows.stands.imported[6] > rows.stands.imported[4]


def test_a_lasting_power_failure_has_no_rows_even_if_flagged() -> None:
    start = NOON - 7200
    device = meter(PowerFailure(start, NOON + 600, flagged=True))
    assert device.recording.load_rows(NOON, *ALL).stamps[-1] < start
    assert device.without_power
    assert failure_log(device.recording, NOON) == []


def test_a_wrong_clock_stamps_rows_at_its_own_quarters() -> None:
    rows = meter(WrongClock(437)).recording.load_rows(NOON, *ALL)
    assert (rows.stamps % QUARTER == 0).all()
    assert (rows.captured == rows.stamps - 437).all()
    assert rows.stamps[-1] == (NOON + 437) - (NOON + 437) % QUARTER


def test_a_clock_set_forward_skips_stamps_and_flags_and_logs_the_change() -> None:
    recording = meter(WrongClock(-3600)).recording
    recording.clock.set(NOON, NOON)
    later = NOON + 1800
    rows = recording.load_rows(later, NOON - 6000, ALL[1])
    assert np.diff(rows.stamps).max() == 3600 + QUARTER
    assert [bool(status & STATUS_CLOCK_ADJUSTED) for status in rows.status[-3:]] == [False, True, False]
    log = {(entry.stamp, entry.value) for entry in standard_log(recording, 1, later)}
    assert {(NOON - 3600, CLOCK_OLD_TIME), (NOON, CLOCK_NEW_TIME)} <= log


def test_a_clock_set_back_repeats_stamps_and_small_corrections_are_silent() -> None:
    recording = meter(WrongClock(3600)).recording
    assert recording.clock.set(NOON, NOON).logged
    rows = recording.load_rows(NOON + 5400, NOON - 3600, ALL[1])
    assert len(rows.stamps) == len(set(rows.stamps.tolist())) + 4
    assert (np.diff(rows.captured) > 0).all()
    assert not recording.clock.set(NOON + 5400, NOON + 5430).logged


def test_clock_offsets_hold_from_their_change_on() -> None:
    clock = MeterClock(5)
    clock.slip(1000, -7)
    assert [clock.reading(true) for true in (999, 1000)] == [1004, 993]
    assert clock.latest(1000) == 1004
    assert clock.latest(5000) == 4993


def test_events_are_the_same_after_a_restart_and_differ_between_meters() -> None:
    logs = [standard_log(meter().recording, seed, NOON) for seed in (1, 1, 2)]
    assert logs[0] == logs[1] != logs[2]
    assert CLOCK_CHANGED in {entry.value for entry in logs[0]}
    assert logs[0] == sorted(logs[0])
    assert max(entry.stamp for entry in logs[0]) <= NOON


def test_an_event_is_not_in_the_log_before_it_happens() -> None:
    recording = meter().recording
    seed = next(seed for seed in range(2000) if any(e.stamp > NOON for e in ordinary_events(seed, NOON, NOON)))
    coming = [entry for entry in ordinary_events(seed, NOON, NOON) if entry.stamp > NOON]
    assert not set(coming) & set(standard_log(recording, seed, NOON))
    assert set(coming) <= set(standard_log(recording, seed, coming[-1].stamp))


def test_faults_switch_live_and_back() -> None:
    device = meter()
    device.add_fault(Gap(NOON - 10_000, NOON - 5000))
    device.add_fault(PowerFailure(NOON - 60))
    device.add_fault(WrongClock(90))
    assert device.recording.clock.reading(NOON) == NOON + 90
    assert device.without_power
    assert len(device.clear_fault("*")) == 3
    assert device.recording.clock.reading(NOON) == NOON
    assert device.faults == [PowerFailure(NOON - 60, NOON)]
    assert device.recording.gaps == []


def brute_force_truth(device: Meter, start: int, end: int) -> dict[str, int]:
    """Rows and sum of +A stands by asking for each possible stamp alone."""
    gaps = [fault for fault in device.faults if isinstance(fault, Gap)]
    count = total = 0
    now = device.now()
    for stamp in range(-(-start // QUARTER) * QUARTER, end, QUARTER):
        in_gap = any(gap.start <= stamp < gap.end for gap in gaps)
        if stamp <= now and stamp > now - 60 * 86_400 and not in_gap:
            count += 1
            total += int(device.recording.registers.stands(np.array([stamp])).imported[0])
    return {"rows": count, "sum": total}


def test_truth_equals_a_sum_of_single_stamps() -> None:
    fleet = make_fleet(3, 5, NOON, faults=False)
    devices = [Meter(spec, ZONE, Now(fixed=NOON)) for spec in fleet.meters]
    devices[1].add_fault(Gap(at("2026-03-03T06:00"), at("2026-03-03T12:00")))
    start, end = NOON - 61 * 86_400, NOON + 86_400
    truths = [meter_truth(device, start, end) for device in devices]
    for device, truth in zip(devices, truths, strict=True):
        assert {name: truth["1-0:1.8.0"][name] for name in ("rows", "sum")} == brute_force_truth(device, start, end)
    assert totals(truths)["1-0:1.8.0"]["rows"] == 3 * 5760 - 24


def test_truth_tells_the_energy_of_whole_intervals_only() -> None:
    device = meter(Gap(at("2026-03-03T06:00"), at("2026-03-03T12:00")))
    truth = meter_truth(device, at("2026-03-03"), at("2026-03-04"), LOAD_PROFILE)["1-0:1.8.0"]
    rows = device.recording.load_rows(NOON, at("2026-03-03"), at("2026-03-03T23:59"))
    before = rows.stamps < at("2026-03-03T06:00")
    stands = rows.stands.imported
    assert truth["intervals"] == 23 + 47
    assert truth["energy"] == int(np.ptp(stands[before]) + np.ptp(stands[~before]))


def test_truth_of_the_daily_profile_counts_days() -> None:
    truth = meter_truth(meter(), at("2026-02-01"), at("2026-02-11"), DAILY_PROFILE)
    assert set(truth) == {"1-0:1.8.0", "1-0:2.8.0", "1-0:1.8.1", "1-0:1.8.2"}
    assert truth["1-0:1.8.1"]["rows"] == 10
    assert truth["1-0:1.8.1"]["sum"] + truth["1-0:1.8.2"]["sum"] == truth["1-0:1.8.0"]["sum"]
