"""A long duty runs beside the others, once at a time, and its failure harms nobody."""

import logging
import threading

import pytest
from django.db import OperationalError

from headend.services.aside import Aside


def test_it_returns_at_once_and_does_not_start_twice() -> None:
    go, runs = threading.Event(), []

    def long() -> None:
        runs.append(1)
        go.wait(10)

    duty = Aside(long)
    duty()
    duty()
    assert not duty.wait(0)
    go.set()
    assert duty.wait(10)
    assert len(runs) == 1
    duty()
    assert duty.wait(10)
    assert len(runs) == 2


def test_a_failure_is_told_and_the_next_run_happens(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise ValueError("not today")

    duty = Aside(broken)
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            duty()
            assert duty.wait(10)
    assert [record.getMessage() for record in caplog.records] == ["duty broken failed"] * 2


def test_a_database_that_is_away_is_told_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    def unheard() -> None:
        raise OperationalError("starting up")

    duty = Aside(unheard)
    duty()
    assert duty.wait(10)
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert record.getMessage() == "duty unheard: the database is away, trying again: starting up"
