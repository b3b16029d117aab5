"""Months leave when their class says so, some series earlier; nothing leaves otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.utils import timezone

from access.models import AuditRecord
from metering.models import ArchivedMonth, ArchiveFile, RetentionClass
from metering.store import Origin, completeness, read, read_registers, write
from metering.store.archive import steps
from metering.store.archive.early import drop_early
from metering.store.archive.leaving import archive_month, drop_month
from metering.store.archive.months import Kind
from metering.store.archive.retention import Departure, due, keep_months, last_month_to_leave, unfinished
from metering.store.archive.returning import return_month
from metering.store.partitions import Place, ensure_partitions, place_of
from metering.store.statistics.folding import fold_day, refold_some
from tests.beside import PATIENCE_S, beside

from .archive_world import END, FIRST, MONTH, World, differences, empty_store, make_world, places, whole_days
from .archiving_process import run_until_killed
from .conftest import SeriesMaker

pytestmark = pytest.mark.django_db(transaction=True)
ARCHIVE, DROP = RetentionClass.Action.ARCHIVE, RetentionClass.Action.DROP


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path, db: None) -> Iterator[Path]:
    settings.FILES = tmp_path
    empty_store()
    RetentionClass.objects.all().delete()
    yield tmp_path / "archive"
    empty_store()


@pytest.fixture
def world(make_series: SeriesMaker) -> World:
    return make_world(make_series)


def keep(kind: Kind = "interval", *, online: int | None = 12, **fields: object) -> RetentionClass:
    """A class for whole months, unless `fields` select series."""
    name = f"class {RetentionClass.objects.count()}"
    row = RetentionClass(name=name, kind=kind, online_months=online, **fields)
    row.full_clean()
    row.save()
    return row


def leaving(today: dt.date | None = None) -> list[Departure]:
    """What is due of the month; other tests leave partitions of other months behind."""
    return [departure for departure in due(today) if departure.month == MONTH]


def test_nothing_is_dropped_by_the_classes_shipped() -> None:
    import_module("metering.migrations.0005_archive").add_classes(apps, None)
    shipped = {(row.kind, row.online_months, row.action, row.archive_months) for row in RetentionClass.objects.all()}
    assert shipped == {("interval", 36, "archive", None), ("register", 120, "archive", None)}


@pytest.mark.parametrize(
    ("today", "months", "last"),
    [
        (dt.date(2024, 3, 1), 0, dt.date(2024, 2, 1)),
        (dt.date(2024, 3, 1), 36, dt.date(2021, 2, 1)),
        (dt.date(2024, 4, 1), 36, dt.date(2021, 3, 1)),
        (dt.date(2024, 1, 1), 11, dt.date(2023, 1, 1)),
        (dt.date(2024, 1, 1), 32_767, dt.date.min),
    ],
)
def test_whole_months_are_counted(today: dt.date, months: int, last: dt.date) -> None:
    assert last_month_to_leave(months, today) == last


def test_a_month_is_due_on_the_first_day_after_its_time() -> None:
    ensure_partitions(MONTH, MONTH)
    keep(online=36)
    assert leaving(dt.date(2024, 3, 31)) == []
    assert leaving(dt.date(2024, 4, 1)) == [Departure("interval", MONTH, ARCHIVE)]


def test_months_without_a_class_stay() -> None:
    ensure_partitions(MONTH, MONTH)
    keep(online=None)
    keep("register", online=3)
    assert leaving() == [Departure("register", MONTH, ARCHIVE)]


def test_due_months_go_to_files_and_then_for_good(world: World) -> None:
    before = world.all_that_is_read()
    row = keep(online=12)
    assert keep_months() >= 1
    assert ArchivedMonth.objects.get(month=MONTH).state == ArchivedMonth.State.ARCHIVED
    assert place_of("series_day", MONTH) is Place.ABSENT
    assert place_of("register_value", MONTH) is Place.ATTACHED
    assert not differences(world.all_that_is_read(), before)
    assert keep_months() == 0
    row.archive_months = 12
    row.save()
    assert leaving(dt.date(2023, 3, 31)) == []
    assert leaving(dt.date(2023, 4, 1)) == [Departure("interval", MONTH, DROP)]
    assert keep_months() >= 1
    assert not read(world.ids, FIRST, END).present.any()
    assert not ArchivedMonth.objects.filter(month=MONTH).exists()


def test_a_class_that_drops_leaves_no_file(world: World, folder: Path) -> None:
    archive_month("interval", MONTH)
    keep(online=12, action=DROP)
    keep("register", online=12, action=DROP)
    assert keep_months() >= 2
    assert (places(), list(folder.rglob("*.parquet"))) == ({Place.ABSENT}, [])
    assert not read(world.ids, FIRST, END).present.any()
    assert {"Interval values of 2021-03 dropped", "Register values of 2021-03 dropped"} <= set(
        AuditRecord.objects.filter(verb="dropped").values_list("summary", flat=True)
    )


def test_what_is_summed_up_of_dropped_values_goes_too(world: World) -> None:
    for day in range(1, 32):
        fold_day(MONTH.replace(day=day))
    keep(online=None)
    keep(online=6, action=DROP, series_kind="instantaneous")
    assert completeness(world.ids, MONTH, MONTH.replace(day=31)).present.all()
    drop_early()
    while refold_some():
        pass
    assert completeness(world.ids, MONTH, MONTH.replace(day=31)).present.astype(bool).tolist() == [True, False]
    drop_month("interval", MONTH)
    assert not completeness(world.ids, MONTH, MONTH.replace(day=31)).present.any()


def test_a_month_brought_back_stays_a_while(world: World) -> None:
    keep(online=12)
    archive_month("interval", MONTH)
    row = return_month("interval", MONTH)
    assert leaving() == []
    row.since = timezone.now() - dt.timedelta(days=31)
    row.save()
    assert leaving() == [Departure("interval", MONTH, ARCHIVE)]


@pytest.mark.parametrize("step", [1, 4, 7, 9])
def test_what_a_dead_process_began_is_finished_without_a_class(world: World, step: int, tmp_path: Path) -> None:
    before = world.all_that_is_read()
    run_until_killed("archive", step, tmp_path)
    assert [row.month for row in unfinished()] == [MONTH]
    keep_months()
    assert (unfinished(), place_of("series_day", MONTH)) == ([], Place.ABSENT)
    assert not differences(world.all_that_is_read(), before)


@pytest.mark.parametrize("step", [4, 6, 8])
def test_bringing_back_is_finished_too(world: World, step: int, tmp_path: Path) -> None:
    archive_month("interval", MONTH)
    archive_month("register", MONTH)
    run_until_killed("return", step, tmp_path)
    keep_months()
    assert (unfinished(), place_of("series_day", MONTH)) == ([], Place.ATTACHED)
    assert not ArchiveFile.objects.filter(archived_month__kind="interval").exists()


def test_one_month_that_cannot_go_keeps_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, folder: Path
) -> None:
    monkeypatch.setattr(steps, "PATIENCE_S", 0.3)
    keep("register", online=12)
    keep(online=12)
    folder.parent.joinpath("archive").mkdir()
    (folder / "series_day").write_text("no folder")
    assert keep_months() >= 1
    assert place_of("register_value", MONTH) is Place.ABSENT
    assert "Interval values of 2021-03 stays for now" in caplog.text
    (folder / "series_day").unlink()
    keep_months()
    assert ArchivedMonth.objects.get(kind="interval", month=MONTH).state == ArchivedMonth.State.ARCHIVED


def test_series_of_a_class_leave_early(world: World) -> None:
    registers = read_registers([world.daily], FIRST, END).values.tolist()
    keep(online=None)
    keep(online=6, action=DROP, series_kind="instantaneous")
    before = read([world.quarters], FIRST, END).values.tolist()
    assert drop_early(dt.date(2021, 8, 31)) == 0
    assert drop_early() > 0
    assert not read([world.hours], FIRST, END).present.any()
    assert not read([world.hours], FIRST, END, as_of=world.steps[0]).present.any()
    assert read([world.quarters], FIRST, END).values.tolist() == before
    assert read_registers([world.daily], FIRST, END).values.tolist() == registers
    assert drop_early() == 0
    assert AuditRecord.objects.filter(verb="dropped", summary__contains="2021-03 dropped by the class").count() == 1


def test_single_series_wait_while_somebody_archives(world: World) -> None:
    keep(online=6, action=DROP, series_kind="instantaneous")
    with steps.alone(), beside(drop_early) as dropping:
        assert dropping.result(PATIENCE_S) == 0
    assert drop_early() > 0


def test_a_property_selects_too_and_archived_months_stay(world: World, make_series: SeriesMaker) -> None:
    keep(online=None)
    keep(online=6, action=DROP, measured_property=make_series.property)
    archive_month("interval", MONTH)
    drop_early()
    inside = read(world.ids, FIRST, END).present
    assert inside.any()
    return_month("interval", MONTH)
    assert drop_early() > 0
    assert not read(world.ids, FIRST, END).present.any()


def test_a_series_that_left_early_takes_values_again(world: World) -> None:
    keep(online=6, action=DROP, series_kind="instantaneous")
    drop_early()
    assert write(whole_days(world.hours, np.full((3, 24), 7)), origin=Origin()).new == 72
    assert read([world.hours], FIRST, END).values[0, :24].tolist() == [7] * 24


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"online": 2}, "greater than or equal to 3"),
        ({"online": None, "archive_months": 12}, "never comes to the archive"),
        ({"online": 12, "action": DROP, "archive_months": 12}, "What is dropped is not kept"),
        ({"online": 12, "series_kind": "stand"}, "only drops them"),
        ({"online": 36, "series_kind": "stand", "action": DROP}, "The whole month leaves after 24 months"),
        ({"online": 24}, "already"),
    ],
)
def test_classes_that_contradict_are_refused(fields: dict[str, object], words: str) -> None:
    keep(online=24)
    with pytest.raises(ValidationError, match=words):
        keep(**fields)  # type: ignore[arg-type]


def test_a_whole_class_may_not_overtake_a_selection() -> None:
    whole = keep(online=24)
    keep(online=18, series_kind="stand", action=DROP)
    whole.online_months = 18
    with pytest.raises(ValidationError, match="keeps its series for 18 months"):
        whole.full_clean()
