"""`manage.py store archive`, `unarchive` and `retention`, as an operator calls them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.core.management.base import CommandError

from metering.models import RetentionClass
from metering.store.archive.steps import alone
from metering.store.partitions import Place
from tests.beside import PATIENCE_S, beside

from .archive_world import World, differences, empty_store, make_world, places
from .archiving_process import run_until_killed
from .conftest import SeriesMaker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(settings: LazySettings, tmp_path: Path, make_series: SeriesMaker) -> Iterator[World]:
    settings.FILES = tmp_path
    empty_store()
    RetentionClass.objects.all().delete()
    yield make_world(make_series)
    empty_store()


def store(*words: str) -> str:
    """What the command prints."""
    output = StringIO()
    call_command("store", *words, stdout=output)
    return output.getvalue()


def test_a_month_goes_and_comes_back(world: World) -> None:
    before = world.all_that_is_read()
    told = store("archive", "2021-03")
    assert re.search(r"^Interval values of 2021-03: \d+ rows in 2 files, \d", told, re.MULTILINE)
    assert re.search(r"^Register values of 2021-03: 33 rows in 2 files, \d", told, re.MULTILINE)
    assert places() == {Place.ABSENT}
    assert re.search(r"^Interval values  2021-03  archived, \d+\.\d KB$", store("retention"), re.MULTILINE)
    assert "Interval values of 2021-03: back for 30 days" in store("unarchive", "2021-03")
    assert re.search(r"^Interval values  2021-03  online$", store("retention"), re.MULTILINE)
    assert not differences(world.all_that_is_read(), before)


def test_one_kind_only(world: World) -> None:
    told = store("archive", "2021-03", "--kind", "register")
    assert "Interval values" not in told
    assert places() == {Place.ABSENT, Place.ATTACHED}
    assert "Register values of 2021-03: back" in store("unarchive", "2021-03")


def test_what_is_due_is_listed_and_done(world: World) -> None:
    RetentionClass.objects.create(name="whole", kind="interval", online_months=12)
    assert re.search(r"^Interval values  2021-03  online +archive now$", store("retention"), re.MULTILINE)
    assert re.search(r"^Register values  2021-03  online$", store("retention"), re.MULTILINE)
    assert re.search(r"^\d months left$", store("retention", "--apply"), re.MULTILINE)
    assert re.search(r"^Interval values  2021-03  archived, .* KB$", store("retention"), re.MULTILINE)


def test_calling_again_goes_on(world: World, tmp_path: Path) -> None:
    run_until_killed("archive", 3, tmp_path)
    assert re.search(r"^Interval values  2021-03  closing, ", store("retention"), re.MULTILINE)
    store("archive", "2021-03")
    assert places() == {Place.ABSENT}


def test_a_month_without_values_is_said_so(world: World) -> None:
    assert "Interval values of 1999-12: there are none" in store("archive", "1999-12")


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("archive", "2021-13"), "'2021-13' is no month such as 2019-03"),
        (("archive", "2190-01"), "2190-01 is too young: months stay online for 62 days after their end.$"),
        (("unarchive", "2021-03"), "2021-03 is not archived"),
    ],
)
def test_refused(world: World, words: tuple[str, ...], refusal: str) -> None:
    with pytest.raises(CommandError, match=refusal):
        store(*words)


def test_two_at_once_are_told(world: World) -> None:
    words = r"Another process .* Calling this again"
    with alone(), beside(lambda: store("archive", "2021-03")) as other, pytest.raises(CommandError, match=words):
        other.result(PATIENCE_S)
