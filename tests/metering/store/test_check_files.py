"""`manage.py store check` looks into the archive: files that are lost, damaged or no longer named are told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db.models import F

from metering.models import ArchiveFile
from metering.store import ensure_ahead
from metering.store.archive import leaving
from metering.store.archive.leaving import archive_month
from metering.store.archive.returning import return_month
from metering.store.check.findings import ADVICE

from .archive_world import MONTH, empty_store, make_world
from .conftest import SeriesMaker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(
    settings: LazySettings, tmp_path: Path, make_series: SeriesMaker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The folder of an archive that holds a month in files of one series each."""
    settings.FILES = tmp_path
    monkeypatch.setattr(leaving, "SERIES_PER_FILE", 1)
    empty_store()
    ensure_ahead()
    make_world(make_series)
    archive_month("interval", MONTH)
    archive_month("register", MONTH)
    yield tmp_path / "archive"
    empty_store()


def _check(*words: str) -> tuple[list[dict[str, str]], dict[str, int]]:
    """What is found, and how often each fault is."""
    output = StringIO()
    try:
        call_command("store", "check", "--json", *words, stdout=output)
    except SystemExit as ended:
        assert ended.code == 1
    *found, conclusion = [json.loads(line) for line in output.getvalue().splitlines()]
    return found, conclusion["faults"]


def _in_archive(folder: Path, change: Callable[[Path], object]) -> None:
    change(folder / ArchiveFile.objects.filter(table_name="series_day", rows__gt=0)[0].path)


def _turn_over(path: Path) -> None:
    """One bit, in the middle, of a file that stays as long as it is."""
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2] ^= 1
    path.write_bytes(octets)


DAMAGE: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "lost": (lambda folder: _in_archive(folder, Path.unlink), "no_file", "the file is missing"),
    "a bit": (lambda folder: _in_archive(folder, _turn_over), "file", "with the checksum it was written with"),
    "cut off": (
        lambda folder: _in_archive(folder, lambda path: path.write_bytes(path.read_bytes()[:-1])),
        "file",
        "octets with the checksum",
    ),
    "rows": (
        lambda _: ArchiveFile.objects.filter(table_name="register_value", rows__gt=0).update(rows=F("rows") + 1),
        "file",
        "where 32 were archived",
    ),
    "first not named": (
        lambda _: ArchiveFile.objects.filter(table_name="series_day", part=1).delete(),
        "no_file",
        "no file of series_day of 2021-03 is named for series 0 to ",
    ),
    "last not named": (
        lambda _: ArchiveFile.objects.filter(table_name="series_day_version", last_series=2**63 - 1).delete(),
        "no_file",
        "no file of series_day_version of 2021-03 is named for series ",
    ),
    "none named": (
        lambda _: ArchiveFile.objects.filter(archived_month__kind="register").delete(),
        "no_file",
        "no file of Register values of 2021-03 is named, though it is archived",
    ),
}


def test_a_sound_archive_passes(folder: Path) -> None:
    assert _check() == ([], {})


@pytest.mark.parametrize("case", DAMAGE)
def test_damage_of_the_archive_is_named(folder: Path, case: str) -> None:
    damage, fault, words = DAMAGE[case]
    damage(folder)
    found, faults = _check()
    assert faults == {fault: 1}
    assert words in found[0]["what"]
    assert found[0]["advice"] == ADVICE[fault]  # type: ignore[index]
    assert _check("--month", "2021-04") == ([], {})
    assert _check("--month", "2021-03") == (found, faults)


def test_a_month_that_came_back_needs_no_files(folder: Path) -> None:
    return_month("interval", MONTH)
    return_month("register", MONTH)
    assert _check("--month", "2021-03") == ([], {})
