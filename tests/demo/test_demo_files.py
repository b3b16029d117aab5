"""`manage.py demo_files`: files that are imported, files that wait for somebody, once."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from pytest_django import Settings

from integration.imports.running import work
from integration.imports.states import State
from integration.models import ExternalId, FileImport
from metering.models import MeteringPoint, Series
from metering.store import read
from tests.demo.fleets import write_fleet

pytestmark = pytest.mark.django_db

DAYS = 10


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.FILES = tmp_path / "kept"
    call_command("demo_load", fleet=write_fleet(tmp_path / "fleet.json", 35), days=DAYS, stdout=StringIO())
    return tmp_path / "files"


def demo_files(folder: Path) -> str:
    output = StringIO()
    call_command("demo_files", folder=folder, stdout=output)
    return output.getvalue()


def test_the_old_system_s_year_is_imported_and_the_market_s_file_waits(folder: Path) -> None:
    demo_files(folder)
    old, market = FileImport.objects.order_by("pk")[:2]
    for row in (old, market):
        work(row.pk)
        row.refresh_from_db()
    assert (old.state, market.state) == (State.DONE, State.READY)
    assert old.problems.count() == 0
    assert market.problems.aggregate(errors=Sum("values"))["errors"] == 48 * 7 + 48 + 1
    first = MeteringPoint.objects.order_by("gsrn")[0]
    series = Series.objects.get(metering_point=first, measured_property__obis="1-0:1.29.0", interval_s=900)
    chunk = old.chunks.get()
    assert chunk.starts_at and chunk.ends_at
    matrix = read([series.pk], chunk.starts_at, chunk.ends_at)
    assert int((matrix.values[0] > 0).sum()) == 365 * 96


def test_every_file_can_be_given_again_by_hand(folder: Path) -> None:
    output = demo_files(folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "customer-portal.green-button.xml", "large-customers-late.csv", "large-customers.csv",
        "metering-service.nem12.csv", "old-system.csv",
    ]  # fmt: skip
    assert all(path.name in output for path in folder.iterdir())
    assert set(ExternalId.objects.values_list("scheme", flat=True)) == {"nmi", "usage_point"}


def test_a_second_call_changes_nothing(folder: Path) -> None:
    demo_files(folder)
    assert "imports already" in demo_files(folder)
    assert FileImport.objects.count() == 4


def test_without_the_demo_utility_there_is_nothing_to_do(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="demo_load"):
        demo_files(tmp_path)
