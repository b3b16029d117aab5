"""The engine: states, leases, workers that die, people who cancel; nobody ever sees half a file."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from access.models import AuditRecord
from integration.exports.holding import MOST_ATTEMPTS, claim
from integration.exports.options import Layout, Options
from integration.exports.running import run_export
from integration.exports.states import BADGES, NEXT
from integration.exports.writing import write_file
from integration.models import FileExport, StoredFile
from integration.services.drafts import drop_old_drafts
from integration.services.exports import cancel_export, retry_export
from integration.services.files import drop_old_files, open_file
from integration.work.calling import call_for_waiting
from integration.work.holding import NotHeldError
from integration.work.states import StateChangedError
from metering.models import Series
from tests import factories as make
from tests.integration.exports.conftest import House
from tests.integration.exports.slow import after_part, registered

State = FileExport.State
DAY = datetime(2026, 3, 1, tzinfo=UTC)
SPAN: dict[str, Any] = {"start": DAY, "end": DAY + timedelta(days=4)}


@pytest.fixture(autouse=True)
def slow() -> Iterator[None]:
    with registered():
        yield


@pytest.fixture
def series(house: House) -> list[Series]:
    """Two series at one metering point and one at another, four days of quarter hours each."""
    first, second = make.make_metering_point(house.utility), make.make_metering_point(house.utility)
    rows = [
        make.make_series(first),
        make.make_series(first, "1-0:2.29.0"),
        make.make_series(second, interval_s=3600, exponent=-3),
    ]
    for number, row in enumerate(rows):
        make.make_values(row, DAY, [number * 1000 + value for value in range(4 * 86_400 // row.interval_s)])
    return rows


def fresh(row: FileExport) -> FileExport:
    row.refresh_from_db()
    return row


def drafts(files: Path) -> list[Path]:
    return list((files / "incoming").glob("*"))


def written(row: FileExport, most: int) -> bytes:
    """The file written in parts of so many values."""
    held = claim(row.pk)
    assert held is not None
    write_file(held, most)
    file = fresh(row).file
    assert file is not None
    with open_file(file) as stream:
        return stream.read()


def test_every_state_has_a_way_on_a_badge_and_no_strangers() -> None:
    assert set(NEXT) == set(BADGES) == set(State.values)
    assert all(after <= set(State.values) for after in NEXT.values())


@pytest.mark.parametrize("format", ["csv", "espi", "wide"])
def test_the_file_is_the_same_however_it_is_divided(house: House, series: list[Series], format: str) -> None:
    options = Options(layout=Layout.WIDE if format == "wide" else Layout.LONG)
    name = "csv" if format == "wide" else format
    made = timezone.now()
    files, parts = [], []
    for most in (10**6, 900, 500, 100):
        row = house.ask(name, [each.pk for each in series], options=options, **SPAN)
        FileExport.objects.filter(pk=row.pk).update(created_at=made)
        files.append(written(row, most))
        parts.append(row.parts)
        assert (row.values, row.left_out) == (2 * 384 + 96, 0)
    if format == "espi":  # explains channels earlier or later
        files = [b"\n".join(sorted(octets.splitlines())) for octets in files]
    assert files.count(files[0]) == 4
    assert parts[0] == 1
    assert parts == sorted(parts)
    assert parts[-1] >= 4


def test_what_became_of_every_series_is_kept(house: House, series: list[Series]) -> None:
    row, _ = house.export("slow", [each.pk for each in series], **SPAN)
    found = list(row.series.order_by("number").values_list("series", "values", "left_out", "reason"))
    assert found == [(series[0].pk, 384, 0, ""), (series[1].pk, 384, 0, ""), (series[2].pk, 96, 0, "")]
    assert (row.values, row.percent, row.is_working) == (864, 100, False)


def test_nobody_writes_what_another_worker_holds(house: House, series: list[Series]) -> None:
    row = house.ask("slow", **SPAN)
    assert claim(row.pk) is not None
    assert claim(row.pk) is None
    assert run_export(row.pk) is None


def test_a_worker_that_lost_its_lease_leaves_no_file(house: House, series: list[Series], files: Path) -> None:
    row = house.ask("slow", **SPAN)
    held = claim(row.pk)
    assert held is not None
    theirs = FileExport.objects.filter(pk=row.pk)
    with after_part(1, lambda: theirs.update(lease_owner="another")), pytest.raises(NotHeldError):
        write_file(held, 400)
    assert (fresh(row).state, row.lease_owner, row.file) == (State.RUNNING, "another", None)
    assert not drafts(files)
    assert not StoredFile.objects.exists()


def test_when_a_worker_died_another_one_begins_anew(house: House, series: list[Series]) -> None:
    row = house.ask("slow", **SPAN)
    held = claim(row.pk)
    assert held is not None
    held.renew(parts=7, parts_done=3, values=100)
    FileExport.objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert run_export(row.pk) is not None
    assert (fresh(row).state, row.values, row.attempts) == (State.DONE, 864, 0)


def test_an_export_that_ends_its_workers_is_failed(house: House, series: list[Series]) -> None:
    row = house.ask("slow", **SPAN)
    FileExport.objects.filter(pk=row.pk).update(attempts=MOST_ATTEMPTS)
    assert run_export(row.pk) is None
    assert fresh(row).state == State.FAILED
    assert "workers ended" in row.cause
    retry_export(row=row, user=house.user)
    run_export(row.pk)
    assert fresh(row).state == State.DONE


def test_cancelled_while_it_is_written_leaves_no_file(house: House, series: list[Series], files: Path) -> None:
    row = house.ask("slow", **SPAN)
    with after_part(1, lambda: cancel_export(row=fresh(row), user=house.user)):
        run_export(row.pk)
    assert (fresh(row).state, row.file) == (State.CANCELLED, None)
    assert not drafts(files)
    with pytest.raises(StateChangedError):
        cancel_export(row=row, user=house.user)
    with pytest.raises(StateChangedError):
        retry_export(row=row, user=house.user)


def test_what_goes_wrong_is_said_and_can_be_tried_again(
    house: House, series: list[Series], files: Path, settings: Settings
) -> None:
    settings.EXPORT_BYTES = 1_000
    row = house.ask("slow", **SPAN)
    run_export(row.pk)
    assert (fresh(row).state, row.cause) == (State.FAILED, "A file may have 1,000 octets at most.")
    assert not drafts(files)
    FileExport.objects.filter(pk=row.pk).update(format="runes")
    retry_export(row=fresh(row), user=house.user)
    run_export(row.pk)
    assert "no format 'runes'" in fresh(row).cause


def test_a_broken_writer_is_no_stack_trace(house: House, series: list[Series]) -> None:
    row = house.ask("slow", **SPAN)
    with after_part(1, lambda: 1 // 0):
        run_export(row.pk)
    assert fresh(row).state == State.FAILED
    assert row.cause == f"Something went wrong here. Try again; if it fails again, report action {row.action}."


@pytest.mark.django_db(transaction=True)
def test_the_scheduler_calls_for_what_waits_and_for_what_a_dead_worker_left(house: House, series: list[Series]) -> None:
    cache.clear()
    row = house.ask("slow", **SPAN)
    assert call_for_waiting() == 1
    held = claim(row.pk)
    assert held is not None
    assert call_for_waiting() == 0
    FileExport.objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert call_for_waiting() == 1


def test_old_files_are_dropped_and_what_they_held_stays_known(
    house: House, series: list[Series], settings: Settings
) -> None:
    row, _ = house.export("slow", **SPAN)
    assert row.file is not None
    StoredFile.objects.update(kept_at=timezone.now() - timedelta(days=settings.FILE_DAYS + 1))
    assert drop_old_files() == 1
    assert not row.file.path.exists()
    assert fresh(row).values == 864


def test_drafts_of_killed_workers_are_dropped_and_those_being_written_stay(files: Path) -> None:
    folder = files / "incoming"
    folder.mkdir(parents=True)
    for name, hours in (("dead", 25), ("alive", 23)):
        (folder / name).write_bytes(b"half a file")
        changed = time.time() - hours * 3_600
        os.utime(folder / name, (changed, changed))
    assert drop_old_drafts() == 1
    assert [draft.name for draft in drafts(files)] == ["alive"]


def test_asking_and_cancelling_are_in_the_audit_trail(house: House, series: list[Series]) -> None:
    row = house.ask("slow", **SPAN)
    cancel_export(row=row, user=house.user)
    records = AuditRecord.objects.filter(object_id=str(row.pk), object_type="integration.fileexport")
    assert list(records.order_by("pk").values_list("verb", "username")) == [
        ("export asked for", house.user.username),
        ("export cancelled", house.user.username),
    ]


def test_a_part_costs_the_same_whatever_is_in_it(house: House, series: list[Series]) -> None:
    """Series, metering points and comments of a part are asked for together."""
    costs = []
    for wanted in (series[:1], series[:2]):
        row = house.ask("espi", [each.pk for each in wanted], **SPAN)
        with CaptureQueriesContext(connection) as queries:
            run_export(row.pk)
        costs.append(len(queries))
    assert costs[0] == costs[1]
