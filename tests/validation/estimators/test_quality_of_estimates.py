"""Gaps in curves: what is known of a curve comes out again, and stands leave no error of energy."""

from functools import cache

import numpy as np
import pytest

from simulator.curves import CURVES, curve
from validation.estimation_quality import GAPS, Line, measure, table
from validation.estimators.contenders import METHODS
from validation.estimators.trials import PAST_DAYS, Curve, trials


def made(days: int, energy: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Curve:
    return Curve(np.arange(19_000, 19_000 + days, dtype=np.int32), np.broadcast_to(energy, (days, 96)).copy())


@cache
def lines() -> dict[tuple[str, int], Line]:
    """The homes of the simulator, somewhat more than a year of each, few gaps."""
    homes = {name: made(450, curve(name).energy[:450]) for name in CURVES}
    return {(line.method, line.length): line for line in measure(homes, windows=4, rows=3)}


def test_every_method_is_measured_at_every_length() -> None:
    assert list(lines()) == [(method, length) for method in METHODS for length in GAPS]
    assert {line.gaps for line in lines().values()} == {len(CURVES) * 4 * 3}


@pytest.mark.parametrize("method", METHODS)
def test_with_stands_no_energy_is_lost_at_any_length(method: str) -> None:
    mine = [lines()[method, length] for length in GAPS]
    assert [line.answered for line in mine] == [line.gaps for line in mine]
    assert [line.energy_scaled for line in mine] == [0] * len(GAPS)
    assert all(line.energy > 0 for line in mine)
    assert mine[0].nrmse_scaled == 0


def test_a_line_is_good_for_short_gaps_and_like_days_for_long_ones() -> None:
    assert lines()["linear", 1].nrmse < lines()["three like days", 1].nrmse
    assert lines()["three like days", 288].nrmse < lines()["linear", 288].nrmse
    assert lines()["cascade", 1].nrmse == lines()["linear", 1].nrmse
    assert lines()["cascade", 96].nrmse < lines()["linear", 96].nrmse


def test_a_curve_that_repeats_itself_is_found_again() -> None:
    days = np.arange(96, dtype=np.int64) ** 2
    found = measure({"same": made(450, days)}, lengths=(8, 96), windows=3, rows=2)
    errors = {(line.method, line.length): line.nrmse for line in found}
    for method in ("three like days", "four weeks", "look-up order", "last year", "previous day", "class profile"):
        assert errors[method, 8] == errors[method, 96] == 0
    assert errors["linear", 96] > 0.5
    assert errors["flat", 8] > 0.1


def test_nothing_that_came_later_and_nothing_of_the_gap_is_known() -> None:
    rng = np.random.default_rng(1)
    home = Curve(np.arange(19_000, 19_450, dtype=np.int32), rng.integers(0, 1000, (450, 96)))
    for trial in trials({"home": home}, 100, windows=3, rows=4, seed=2):
        assert trial.wanted.sum(axis=1).tolist() == [100] * 4
        assert not trial.wanted[:, :96].any()
        assert not trial.wanted[:, -1].any()
        assert trial.history.numbers[-1] == trial.days.numbers[-1]
        assert trial.days.numbers[0] - trial.history.numbers[0] >= PAST_DAYS
        assert (~trial.history.usable).sum(axis=(1, 2)).tolist() == [100] * 4


def test_a_gap_of_almost_all_judged_slots_still_has_a_value_on_both_sides() -> None:
    home = {"home": made(400, np.arange(96, dtype=np.int64))}
    trial = next(trials(home, 5 * 96 - 1, windows=1, rows=20, seed=1))
    assert trial.usable[:, 95].all()
    assert trial.usable[:, -1].all()


def test_the_same_seed_cuts_the_same_gaps_and_another_one_others() -> None:
    home = {"home": made(400, np.arange(96, dtype=np.int64))}
    first, again, other = (
        [trial.wanted for trial in trials(home, 4, windows=5, rows=3, seed=seed)] for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("length", [0, -1, 480, 10_000])
def test_a_gap_without_a_place_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="no place in 5 days"):
        next(trials({"home": made(400, np.arange(96, dtype=np.int64))}, length, windows=1, rows=1, seed=1))


def test_a_curve_too_short_or_full_of_breaks_has_no_trials() -> None:
    broken = Curve(np.arange(0, 400, 2, dtype=np.int32), np.ones((200, 96), np.int64))
    short = made(3, np.ones(96, np.int64))
    found = measure({"broken": broken, "short": short}, lengths=(4,), methods={"flat": METHODS["flat"]})
    assert found[0].gaps == 0
    assert "| flat   | 4     | 0/0      | –     |" in table(found)


def test_the_table_says_percent() -> None:
    text = table([Line("linear", 4, 30, 29, 0.0512, 0.01, 0.04, 0.0)])
    assert text.splitlines()[-1].split("|")[1:-1] == [
        " linear ",
        " 4     ",
        " 29/30    ",
        " 5.1%  ",
        " 1.0%         ",
        " 4.0%              ",
        " 0.0%                     ",
    ]
