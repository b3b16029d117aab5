"""Power failures of one device from what it said: pure functions."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from events.pairing import LATE, Interval, Signal, outages

START = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def down(minute: float) -> Signal:
    return Signal(at(minute), True, "log")


def up(minute: float) -> Signal:
    return Signal(at(minute), False, "log")


def gasp(minute: float) -> Signal:
    return Signal(at(minute), True, "last_gasp", gasp=True)


def found(*signals: Signal) -> list[tuple[datetime, datetime | None]]:
    return [(interval.start, interval.end) for interval in outages(signals, "next")]


def test_down_and_up_are_one_failure() -> None:
    assert outages([up(20), down(0)], "next") == [Interval(at(0), at(20), "log", "log")]


def test_a_failure_lasts_until_something_tells_its_end() -> None:
    assert found(down(0)) == [(at(0), None)]


def test_the_end_alone_says_nothing() -> None:
    assert found(up(5)) == []


def test_a_lost_end_is_bounded_by_the_next_failure() -> None:
    first, second = outages([down(0), down(600), up(610)], "next")
    assert (first.end, first.closed_by) == (at(600), "next")
    assert (second.start, second.end, second.closed_by) == (at(600), at(610), "log")


def test_a_last_gasp_is_of_the_failure_the_log_tells_of() -> None:
    assert found(gasp(0.1), down(0), up(20)) == [(at(0), at(20))]


def test_a_last_gasp_after_a_short_failure_opens_no_second_one() -> None:
    assert found(down(0), up(0.5), gasp(1)) == [(at(0), at(0.5))]


def test_a_last_gasp_alone_opens_a_failure_and_its_repetitions_do_not() -> None:
    assert found(gasp(0), gasp(0.5), gasp(1.5)) == [(at(0), None)]


def test_a_last_gasp_that_comes_late_is_of_the_failure_that_lasts() -> None:
    assert found(down(0), gasp(30)) == [(at(0), None)]
    after = LATE.total_seconds() / 60 + 1
    assert found(down(0), gasp(after)) == [(at(0), at(after)), (at(after), None)]


def test_within_one_second_the_order_is_what_fits() -> None:
    assert found(down(0), up(10), down(10), up(30)) == [(at(0), at(10)), (at(10), at(30))]
    assert found(down(5), up(5)) == []


def test_an_hour_that_a_clock_shows_twice_is_two_hours() -> None:
    """Clocks in Helsinki go back at 01:00 UTC on 25 October 2026: a failure over the change lasts its true time."""
    assert found(down(90), up(180)) == [(at(90), at(180))]


signals = st.lists(
    st.builds(
        lambda minute, kind: kind(minute), st.integers(0, 400), st.sampled_from([down, up, gasp])
    ),
    max_size=30,
)  # fmt: skip


@given(signals, st.randoms())
def test_neither_order_nor_repetition_changes_what_is_found(given_signals: list[Signal], random: object) -> None:
    shuffled = [*given_signals, *given_signals[: len(given_signals) // 2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert outages(shuffled, "next") == outages(given_signals, "next")


@given(signals)
def test_failures_follow_each_other_and_only_the_last_may_be_open(given_signals: list[Signal]) -> None:
    intervals = outages(given_signals, "next")
    for earlier, later in pairwise(intervals):
        assert earlier.end is not None and earlier.start < earlier.end <= later.start
    assert all(interval.closed_by for interval in intervals if interval.end is not None)
