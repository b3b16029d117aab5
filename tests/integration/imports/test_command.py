"""`manage.py import`: the same services, on a terminal."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from integration.models import FileImport
from tests import factories as make
from tests.integration.imports.conftest import Office
from tests.integration.imports.test_readings import quarters
from tests.integration.imports.tiny import document

pytestmark = pytest.mark.django_db
Run = Callable[..., str]


@pytest.fixture
def run(office: Office, tmp_path: Path) -> Run:
    """Import a tiny file of these lines here, and what that printed."""

    def command(*lines: str, name: str = "march.tiny", **options: object) -> str:
        path, out = tmp_path / name, StringIO()
        path.write_bytes(document(*lines))
        call_command("import", str(path), here=True, stdout=out, **options)
        return out.getvalue()

    return command


def test_a_file_is_checked_and_stored_where_that_is_said(office: Office, run: Run) -> None:
    lines = ["rubbish\n", *quarters(office.point.gsrn, 1, 2, 3)]
    said = run(*lines)
    assert "ready to store" in said
    assert "4 values, would be stored: 3 new, 0 changed, 0 unchanged, 1 not taken" in said
    assert "error, line 2: not nine cells rubbish" in said
    stored = run(*lines, confirm=True, user="mikko")
    assert "4 values, stored: 3 new" in stored
    assert FileImport.objects.latest("pk").confirmed_by == office.user


def test_a_file_with_nothing_to_store_is_told_and_left(office: Office, run: Run) -> None:
    said = run("rubbish\n", confirm=True)
    assert "1 values, would be stored: 0 new, 0 changed, 0 unchanged, 1 not taken" in said
    assert FileImport.objects.get().confirmed_at is None


def test_the_same_file_again_changes_nothing(office: Office, run: Run) -> None:
    lines = quarters(office.point.gsrn, 1, 2, 3)
    run(*lines, confirm=True)
    with pytest.raises(CommandError, match="imported before, by import"):
        run(*lines, confirm=True)
    assert "stored: 0 new, 0 changed, 3 unchanged" in run(*lines, confirm=True, again=True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"utility": "nowhere"}, "0 utilities fit"),
        ({"format": "edifact"}, "There is no format"),
        ({"mapping": "unknown"}, "has no column mapping"),
        ({"user": "nobody"}, "There is no user"),
        ({"name": "march.csv", "format": "table"}, "Say what its columns mean"),
    ],
)
def test_what_is_wrong_is_said(office: Office, run: Run, options: dict[str, str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(*quarters(office.point.gsrn, 1), **options)


def test_a_file_that_is_not_there_is_said(office: Office, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import", str(tmp_path / "none.csv"))


def test_of_several_utilities_one_must_be_named(office: Office, run: Run) -> None:
    make.make_utility("second")
    with pytest.raises(CommandError, match="name one with --utility"):
        run(*quarters(office.point.gsrn, 1))
    assert "ready" in run(*quarters(office.point.gsrn, 1), utility=office.utility.code)
