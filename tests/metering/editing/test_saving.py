"""Writing a change down: versions with who and why, nothing over what nobody saw, stands left alone."""

from datetime import timedelta

import numpy as np
import pytest

from access.models import AuditRecord
from metering import store
from metering.models import Series
from metering.quality import Quality
from metering.services.editing import (
    ChangedMeanwhileError,
    SeenError,
    Slots,
    methods,
    read_slots,
    refusal_of,
    save,
    seen_of,
    token_of,
)
from metering.services.editing.stands import register_difference
from metering.store import NO_VALUE
from tests import factories as make
from tests.metering.pages.world import World, build, store_register, utc

START, END, NOW = utc(2026, 6, 1), utc(2026, 6, 1, 2), utc(2026, 7, 1)


@pytest.fixture
def world(db: None) -> World:
    world = build()
    make.make_values(world.consumption, START, [10, 20, NO_VALUE, 40, 50, 60, 70, 80], [0, 32, 0, 0, 0, 0, 0, 0])
    return world


def seen(series: Series) -> Slots:
    return seen_of(token_of(read_slots(series, START, END, now=NOW)), series.pk)


def keep(world: World, change: methods.Change, before: Slots, **fields: object) -> store.Counts:
    return save(
        series=world.consumption, seen=before, change=change, user=world.anna, reason="phoned", method="table",
        **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_token_gives_back_what_was_seen(world: World) -> None:
    stored, told = read_slots(world.consumption, START, END, now=NOW), seen(world.consumption)
    assert told.at.tolist() == stored.at.tolist() and not told.differs_from(stored).any()
    assert (told.series_id, told.step_s) == (world.consumption.pk, 900)


def test_a_token_of_other_values_or_a_changed_one_is_refused(world: World) -> None:
    token = token_of(read_slots(world.consumption, START, END, now=NOW))
    for wrong, series in ((token, world.foreign.pk), (token[:-1] + "!", world.consumption.pk), ("", 1)):
        with pytest.raises(SeenError):
            seen_of(wrong, series)


def test_only_slots_that_ended_can_be_changed(world: World) -> None:
    assert len(read_slots(world.consumption, START, END, now=START + timedelta(minutes=44))) == 2


def test_a_gap_is_not_filled_with_integers_of_a_coarser_unit(world: World) -> None:
    """What was typed was made an integer of the unit the series had, and it became finer before it was stored."""
    before = seen(world.consumption)
    values = before.values.copy()
    values[2] = 30
    store.refine([world.consumption.pk], world.consumption.exponent - 1)
    with pytest.raises(ChangedMeanwhileError) as refused:
        keep(world, methods.put(before, values), before)
    assert np.flatnonzero(refused.value.rows).tolist() == [2]
    assert read_slots(world.consumption, START, END, now=NOW).values[:4].tolist() == [100, 200, NO_VALUE, 400]


def test_a_change_is_a_version_with_who_and_why(world: World) -> None:
    before = seen(world.consumption)
    values = before.values.copy()
    values[:4] = [11, NO_VALUE, 30, 40]
    counts = keep(world, methods.put(before, values), before)
    assert (counts.new, counts.changed, counts.refused) == (1, 2, 0)
    now = read_slots(world.consumption, START, END, now=NOW)
    assert now.values[:4].tolist() == [11, NO_VALUE, 30, 40]
    assert now.quality[:4].tolist() == [Quality.EDITED, Quality.DELETED, Quality.EDITED, 0]
    newest, oldest = store.history(world.consumption.pk, START)
    assert (newest.value, oldest.value) == (11, 10)
    assert (newest.origin.user_id, newest.origin.rule, newest.origin.message) == (world.anna.pk, "edit", "phoned")
    record = AuditRecord.objects.get(verb="values edited")
    assert (record.username, record.details["new"], record.details["changed"]) == (world.anna.username, 1, 2)
    assert (record.details["start"], record.details["end"]) == ("2026-06-01T00:00:00Z", "2026-06-01T00:45:00Z")


def test_accepted_values_keep_what_the_meter_said(world: World) -> None:
    placed = store.place(900, world.consumption.pk, int(START.timestamp()) + 900, 20, Quality.SUSPECT, 0x40)
    store.write(placed.batch, origin=store.Origin())
    before = seen(world.consumption)
    assert keep(world, methods.accept(before), before).changed == 1
    now = read_slots(world.consumption, START, END, now=NOW)
    assert (now.values[1], now.quality[1], now.status[1]) == (20, Quality.ACCEPTED, 0x40)


def test_what_changed_meanwhile_is_not_overwritten(world: World) -> None:
    before = seen(world.consumption)
    make.make_values(world.consumption, START, [15])
    values = before.values.copy()
    values[:2] = [11, 22]
    with pytest.raises(ChangedMeanwhileError, match="1 values changed") as caught:
        keep(world, methods.put(before, values), before)
    assert np.flatnonzero(caught.value.rows).tolist() == [0] and caught.value.now.values[0] == 15
    assert read_slots(world.consumption, START, END, now=NOW).values[:2].tolist() == [15, 20]
    assert not AuditRecord.objects.filter(verb="values edited").exists()


def test_a_change_elsewhere_matters_only_to_what_depends_on_it(world: World) -> None:
    before = seen(world.consumption)
    make.make_values(world.consumption, START, [15])
    change = methods.interpolate(before, before, ~before.present, 400)
    with pytest.raises(ChangedMeanwhileError):
        keep(world, change, before, basis=np.ones(len(before), np.bool_))
    assert keep(world, change, before).new == 1


def test_nothing_changed_leaves_no_trace(world: World) -> None:
    before = seen(world.consumption)
    assert keep(world, methods.put(before, before.values), before) == store.Counts()
    assert not AuditRecord.objects.filter(verb="values edited").exists()


def test_register_values_are_changed_too(world: World) -> None:
    monthly = make.make_series(world.north, periodicity=Series.Periodicity.MONTHLY)
    store_register(monthly, [utc(2026, 5, 31, 21), utc(2026, 6, 30, 21)], [100, 200])
    before = read_slots(monthly, utc(2026, 5, 1), utc(2026, 7, 2), now=NOW)
    change = methods.constant(before, 200)
    counts = save(series=monthly, seen=before, change=change, user=world.anna, reason="read by hand", method="constant")
    assert counts.changed == 1
    assert [each.value for each in store.register_history(monthly.pk, utc(2026, 5, 31, 21))] == [200, 100]


def test_stands_are_refused_with_the_reason(world: World) -> None:
    stand = make.make_series(world.north, "1-0:1.8.0", kind=Series.Kind.STAND, feeds=world.consumption)
    daily = make.make_series(world.north, "1-0:1.8.0", kind=Series.Kind.STAND, periodicity=Series.Periodicity.DAILY)
    assert "derived from them" in refusal_of(stand) and "nobody can edit them" in refusal_of(daily)
    assert refusal_of(world.consumption) == ""


def test_the_difference_of_stands_is_offered_in_the_unit_of_the_series(world: World) -> None:
    point = world.north
    daily = make.make_series(
        point, "1-0:1.8.0", kind=Series.Kind.STAND, periodicity=Series.Periodicity.DAILY, exponent=1
    )
    store_register(daily, [START, END], [100, 142])
    found = register_difference(world.consumption, START, END)
    assert found is not None and (found.total, found.source) == (420, daily)
    assert register_difference(world.consumption, START, END + timedelta(hours=1)) is None
    assert register_difference(daily, START, END) is None


def test_a_register_that_ran_backwards_offers_nothing(world: World) -> None:
    daily = make.make_series(world.north, "1-0:1.8.0", kind=Series.Kind.STAND, periodicity=Series.Periodicity.DAILY)
    store_register(daily, [START, END], [100, 42])
    assert register_difference(world.consumption, START, END) is None
