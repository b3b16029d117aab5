"""Files of readings from the check to the undo: what is counted, stored, refused and taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from integration.models import ExternalId, FileImport
from integration.work.states import StateChangedError
from metering import store
from metering.models import Series, ValueComment
from metering.quality import Quality
from metering.store import NO_VALUE, Origin
from tests import factories as make
from tests.integration.imports.conftest import Office
from tests.integration.imports.tiny import line

START = datetime(2026, 3, 10, tzinfo=UTC)
T0 = int(START.timestamp())
State = FileImport.State


def quarters(point: str, *values: int, first: int = 0, **fields: object) -> list[str]:
    """Lines of consecutive quarter hours."""
    return [line(point, T0 + 900 * (first + n), value, **fields) for n, value in enumerate(values)]  # type: ignore[arg-type]


def values_of(series: Series, count: int = 8) -> list[int | None]:
    """The first quarter hours of the day as stored."""
    matrix = store.read([series.pk], START, START + timedelta(minutes=15 * count))
    return [None if value == NO_VALUE else value for value in matrix.values[0].tolist()]


def test_a_check_stores_nothing_and_says_what_storing_would_do(office: Office) -> None:
    row = office.check(*quarters(office.point.gsrn, 1, 2, 3, 4, 5, 6))

    assert row.state == State.READY
    assert row.expected == {"new": 6, "changed": 0, "unchanged": 0, "refused": 0}
    assert (row.rows, row.errors, row.header) == (6, 0, {"sender": "tiny 1"})
    assert not Series.objects.exists()
    channel = row.channels.get()
    assert (channel.values, channel.total, channel.is_new) == (6, Decimal(21), True)
    assert channel.first_at == START
    assert channel.last_at == START + timedelta(minutes=75)
    assert channel.sample == [1, 2, 3, 4]


def test_what_was_confirmed_is_stored_in_chunks_under_one_origin(office: Office) -> None:
    row = office.store(*quarters(office.point.gsrn, 1, 2, 3, 4, 5, 6))

    assert row.state == State.DONE
    assert row.stored == row.expected
    assert values_of(office.series, 7) == [1, 2, 3, 4, 5, 6, None]
    assert [(c.number, c.new, c.series_ids) for c in row.chunks.all()] == [
        (1, 4, [office.series.pk]),
        (2, 2, [office.series.pk]),
    ]
    version = store.history(office.series.pk, START)[0]
    assert (version.origin.rule, version.origin.message) == ("import", "readings.tiny")
    assert (version.origin.user_id, version.origin.action_id) == (office.user.pk, row.action)


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    lines = quarters(office.point.gsrn, 1, 2, 3, 4, 5)
    office.store(*lines)
    again = office.store(*lines)

    assert again.expected == again.stored == {"new": 0, "changed": 0, "unchanged": 5, "refused": 0}
    assert not any(chunk.entries for chunk in again.chunks.all())


def test_changed_values_are_weighed_as_changes(office: Office) -> None:
    office.store(*quarters(office.point.gsrn, 1, 2, 3))
    row = office.check(*quarters(office.point.gsrn, 1, 20, 3, 4))
    assert row.expected == {"new": 1, "changed": 1, "unchanged": 2, "refused": 0}
    assert values_of(office.series, 3) == [1, 2, 3]


def test_unknown_points_are_named_once_with_their_line_and_values(office: Office) -> None:
    lines = [*quarters("6407", 1, 2, 3, 4, 5, 6), *quarters(office.point.gsrn, 7)]
    row = office.check(*lines)

    problem = row.problems.get()
    assert (problem.line, problem.values, problem.severity) == (2, 6, "error")
    assert problem.reason == "no metering point open to you has this number"
    assert row.expected == {"new": 1, "changed": 0, "unchanged": 0, "refused": 6}
    assert row.errors == 1


def test_bad_lines_are_left_out_and_good_ones_stored(office: Office) -> None:
    row = office.store("rubbish\n", *quarters(office.point.gsrn, 1, 2))
    assert values_of(office.series, 2) == [1, 2]
    assert [(p.line, p.reason, p.text) for p in row.problems.all()] == [(2, "not nine cells", "rubbish")]


def test_numbers_others_give_are_understood(office: Office) -> None:
    ExternalId.objects.create(utility=office.utility, scheme="nmi", value="NCDE001111", metering_point=office.point)
    ExternalId.objects.create(utility=office.utility, scheme="own", value="0815", metering_point=office.point)
    row = office.store(*quarters("NCDE001111", 1), *quarters("0815", 2, first=1))
    assert row.errors == 0
    assert values_of(office.series, 2) == [1, 2]


def test_points_of_another_utility_are_unknown(office: Office) -> None:
    other = make.make_metering_point(make.make_utility("other"))
    assert office.check(*quarters(other.gsrn, 1)).errors == 1


def test_impossible_values_are_refused_with_their_lines(office: Office) -> None:
    gsrn = office.point.gsrn
    row = office.store(
        line(gsrn, T0 + 7, 1),
        line(gsrn, 0, 2),
        line(gsrn, T0, 2**52),
        line(gsrn, T0, 5),
        line(gsrn, T0, 5, name="E9", obis="nonsense"),
        line(gsrn, T0, 5, name="E7", interval=1000),
    )
    assert row.stored == {"new": 1, "changed": 0, "unchanged": 0, "refused": 5}
    assert {(p.line, p.reason) for p in row.problems.all()} == {
        (2, "the time does not begin an interval of the series"),
        (3, "the time lies outside the years 2000 to 2099"),
        (4, "the value is too large for a series"),
        (6, "'nonsense' is no OBIS code"),
        (7, "intervals of 1000 s do not divide a day into whole minutes"),
    }
    assert row.expected == row.stored


def test_two_quantities_never_share_a_series(office: Office) -> None:
    row = office.store(*quarters(office.point.gsrn, 1, 2), *quarters(office.point.gsrn, 8, 9, name="E2"))
    assert values_of(office.series, 2) == [1, 2]
    assert row.problems.get().reason == "E2 would go to the same series as E1"
    assert row.stored == row.expected == {"new": 2, "changed": 0, "unchanged": 0, "refused": 2}


def test_values_in_coarser_units_are_scaled_to_the_series(office: Office) -> None:
    office.store(*quarters(office.point.gsrn, 1500))
    office.store(*quarters(office.point.gsrn, 2, first=1, exponent=3))
    assert values_of(office.series, 2) == [1500, 2000]


def test_a_finer_file_makes_its_series_finer_and_keeps_the_energy(office: Office) -> None:
    office.store(*quarters(office.point.gsrn, 1500, 7))
    row = office.check(*quarters(office.point.gsrn, 15005, 70, 1, exponent=-1))
    assert row.expected == {"new": 1, "changed": 1, "unchanged": 1, "refused": 0}
    row = office.store(*quarters(office.point.gsrn, 15005, 70, 1, exponent=-1))
    assert row.stored == row.expected
    assert office.series.exponent == -1
    assert values_of(office.series, 3) == [15005, 70, 1]


def test_a_finer_file_whose_digits_are_zero_leaves_the_series_as_it_is(office: Office) -> None:
    office.store(*quarters(office.point.gsrn, 1500))
    office.store(*quarters(office.point.gsrn, 20, first=1, exponent=-1))
    assert (office.series.exponent, values_of(office.series, 2)) == (0, [1500, 2])


def test_a_series_that_cannot_become_finer_refuses_by_name(office: Office) -> None:
    office.store(*quarters(office.point.gsrn, 2**51))
    row = office.store(*quarters(office.point.gsrn, 15, 20, first=1, exponent=-1))
    assert row.stored["refused"] == 2
    assert "more digits than the series has" in row.problems.get(found="store").reason
    assert values_of(office.series, 2) == [2**51, None]


def test_a_new_series_takes_the_finest_exponent_of_the_whole_file(office: Office) -> None:
    office.store(
        *quarters(office.point.gsrn, 1, 2, 3, 4, exponent=3), *quarters(office.point.gsrn, 5, first=4, exponent=-2)
    )
    assert office.series.exponent == -2
    assert values_of(office.series, 5) == [100_000, 200_000, 300_000, 400_000, 5]


def test_registers_go_to_the_on_demand_series(office: Office) -> None:
    lines = [
        line(office.point.gsrn, T0 + n * 3601, 100 + n, interval=0, kind="stand", obis="1-0:1.8.0") for n in range(3)
    ]
    row = office.store(*lines)
    assert office.series.periodicity == Series.Periodicity.ON_DEMAND
    assert store.read_registers([office.series.pk], START, START + timedelta(days=1)).values.tolist() == [100, 101, 102]
    again = office.store(*lines[:2], line(office.point.gsrn, T0, 99, interval=0, kind="stand", obis="1-0:1.8.0"))
    assert row.stored["new"] == 3
    assert again.expected == again.stored == {"new": 0, "changed": 1, "unchanged": 1, "refused": 0}


def test_values_better_known_are_refused_and_named(office: Office) -> None:
    office.store(*quarters(office.point.gsrn, 1))
    series = office.series
    decided = store.place(900, series.pk, [T0], [50], np.array([Quality.EDITED], np.uint8))
    store.write(decided.batch, origin=Origin())
    row = office.check(*quarters(office.point.gsrn, 1))
    assert row.expected == {"new": 0, "changed": 0, "unchanged": 1, "refused": 0}


def test_remarks_become_comments_once_and_are_withdrawn_with_the_values(office: Office) -> None:
    lines = [*quarters(office.point.gsrn, 1, 2), f"! 0 {T0} meter was changed\n"]
    row = office.store(*lines)
    comment = ValueComment.objects.get()
    assert (comment.text, comment.kind, comment.series) == ("meter was changed", "tiny", office.series)
    office.store(*lines)
    assert ValueComment.objects.count() == 1

    office.undo(row)
    assert not ValueComment.objects.standing().exists()


def test_undoing_puts_back_what_stood_before(office: Office) -> None:
    office.store(*quarters(office.point.gsrn, 1, 2, 3))
    row = office.store(*quarters(office.point.gsrn, 10, 20, 3, 4, 5, 6))
    office.undo(row)

    assert row.state == State.UNDONE
    assert values_of(office.series, 6) == [1, 2, 3, None, None, None]
    assert row.taken_back == {"new": 0, "changed": 5, "unchanged": 0, "refused": 0}
    assert store.history(office.series.pk, START)[0].origin.rule == "import undone"


def test_an_import_that_was_undone_does_not_come_back_with_a_later_one(office: Office) -> None:
    office.store(*quarters(office.point.gsrn, 1, 2))
    below, above = office.store(*quarters(office.point.gsrn, 5, 6)), office.store(*quarters(office.point.gsrn, 7))
    office.undo(below)
    assert values_of(office.series, 2) == [7, 2]
    office.undo(above)
    assert values_of(office.series, 2) == [1, 2]


def test_what_somebody_changed_since_stays(office: Office) -> None:
    row = office.store(*quarters(office.point.gsrn, 1, 2, 3))
    store.write(store.place(900, office.series.pk, [T0], [100]).batch, origin=Origin())
    office.undo(row)
    assert values_of(office.series, 3) == [100, None, None]
    assert row.taken_back["changed"] == 2


def test_a_value_named_without_a_value_changes_nothing(office: Office) -> None:
    office.store(*quarters(office.point.gsrn, 1))
    row = office.store(line(office.point.gsrn, T0, ""), line(office.point.gsrn, T0 + 900, 2))
    assert row.stored == {"new": 1, "changed": 0, "unchanged": 0, "refused": 0}
    assert values_of(office.series, 2) == [1, 2]


def test_a_file_of_names_without_values_has_nothing_to_store(office: Office) -> None:
    with pytest.raises(StateChangedError, match="nothing in this file"):
        office.store(line(office.point.gsrn, T0, ""), line(office.point.gsrn, T0 + 900, ""))


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_days_of_23_and_25_hours_are_whole(office: Office, day: datetime) -> None:
    zone = office.utility.zone
    start = day.replace(tzinfo=zone)
    end = (day + timedelta(days=1)).replace(tzinfo=zone)
    hours = range(int(start.timestamp()), int(end.timestamp()), 3600)
    row = office.store(*(line(office.point.gsrn, at, 1, interval=3600) for at in hours))
    assert row.stored["new"] == len(hours) in (23, 25)
    assert store.read([office.series.pk], start, end).present.all()
