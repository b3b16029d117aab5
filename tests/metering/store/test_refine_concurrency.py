"""A series becomes finer while others read and write it: nobody takes integers of one unit for those of another."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import transaction

from metering.models import Series
from metering.store import Origin, hold_exponents, read, refine, write
from metering.store.snapshot import snapshot
from tests.beside import PATIENCE_S, Stop, beside, until_it_waits

from .archive_world import empty_store
from .conftest import SeriesMaker
from .samples import block, instant

pytestmark = pytest.mark.django_db(transaction=True)
STEP = 3
FACTOR = 10**STEP


@pytest.fixture
def series(make_series: SeriesMaker) -> Iterator[int]:
    empty_store()
    made = make_series()
    write(block(made, range(1, 97)), origin=Origin())
    yield made
    empty_store()


def _energy(series: int) -> tuple[int, int]:
    """Exponent and sum of the integers."""
    exponent = Series.objects.values_list("exponent", flat=True).get(pk=series)
    return exponent, int(read([series], instant(0), instant(1)).values[0].sum())


def test_a_reader_sees_all_of_the_old_or_all_of_the_new(series: int) -> None:
    """It asks for the exponent, then the series becomes finer, then it asks for the values."""
    asked = Stop()

    def read_slowly() -> tuple[int, int]:
        with snapshot():
            exponent = Series.objects.values_list("exponent", flat=True).get(pk=series)
            asked.wait()
            return exponent, int(read([series], instant(0), instant(1)).values[0].sum())

    exponent, total = _energy(series)
    with beside(read_slowly) as reading:
        asked.until_reached()
        refine([series], exponent - STEP)
        asked.let_go()
        assert reading.result(PATIENCE_S) == (exponent, total)
    with snapshot():
        assert _energy(series) == (exponent - STEP, total * FACTOR)


def test_readers_meanwhile_see_the_same_energy(series: int) -> None:
    seen, ended = set[tuple[int, int]](), threading.Event()

    def read_on() -> None:
        while not ended.is_set():
            with snapshot():
                seen.add(_energy(series))

    exponent, total = _energy(series)
    with beside(read_on) as reading:
        for step in range(1, 9):
            refine([series], exponent - step)
        ended.set()
        reading.result(PATIENCE_S)
    with snapshot():
        seen.add(_energy(series))
    assert (exponent - 8, total * 10**8) in seen
    assert all(integer == total * 10 ** (exponent - own) for own, integer in seen)


def test_a_writer_that_holds_the_exponents_writes_the_right_unit(series: int) -> None:
    """Whoever makes integers of decimals holds the series first: the refinement waits, or he sees it."""
    held = Stop()

    def write_slowly() -> int:
        with transaction.atomic():
            exponent = hold_exponents([series])[series]
            held.wait()
            write(block(series, [500 * 10**-exponent]), origin=Origin())
            return exponent

    with beside(write_slowly) as writing:
        held.until_reached()
        with beside(lambda: refine([series], -STEP)) as refining:
            until_it_waits(refining)
            held.let_go()
            assert refining.result(PATIENCE_S) == [series]
        assert writing.result(PATIENCE_S) == 0
    assert read([series], instant(0), instant(0, 0, 30)).values.tolist() == [[500 * FACTOR, 2 * FACTOR]]
