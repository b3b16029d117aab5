"""`manage.py store reader`: roles are made, changed and removed, and refused with a way out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from psycopg import errors

from access.models import AuditRecord
from metering.models import SqlReader
from metering.services.sql_readers import SqlReaderError, make_reader, remove_reader
from tests import factories as make

from .bi_world import PASSWORD, READER, ROOT_READER, ask, drop_roles, store_reader
from .samples import query

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def clean(db: None) -> Iterator[None]:
    make.make_utility("energia")
    make.make_utility("voima")
    drop_roles()
    yield
    drop_roles()


def test_a_reader_is_made_changed_and_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store_reader(tmp_path, "--utility", "energia", "--utility", "voima")
    assert capsys.readouterr().out == f"{READER} may read the values of energia, voima\n"
    assert ask("SELECT current_user") == [(READER,)]
    assert SqlReader.objects.filter(role=READER).count() == 2
    store_reader(tmp_path, "--all-utilities")
    assert capsys.readouterr().out == f"{READER} may read the values of all utilities\n"
    assert SqlReader.objects.get(role=READER).utility is None
    call_command("store", "reader", "--name", READER, "--remove")
    assert capsys.readouterr().out == f"{READER} reads nothing any more\n"
    assert not SqlReader.objects.exists()
    assert query("SELECT 1 FROM pg_roles WHERE rolname = %s", READER) == []
    trail = AuditRecord.objects.order_by("pk").values_list("verb", "details")
    assert list(trail) == [
        ("reader made", {"utilities": ["energia", "voima"]}),
        ("reader made", {"utilities": "all"}),
        ("reader removed", {}),
    ]


def test_the_password_is_kept_as_a_hash(tmp_path: Path) -> None:
    store_reader(tmp_path, "--all-utilities")
    first = _hash_of(READER)
    store_reader(tmp_path, "--all-utilities")
    assert first.startswith("SCRAM-SHA-256$")
    assert _hash_of(READER) not in (first, "")


def test_without_a_password_only_the_utilities_change(tmp_path: Path) -> None:
    store_reader(tmp_path, "--all-utilities")
    kept = _hash_of(READER)
    call_command("store", "reader", "--name", READER, "--utility", "voima")
    assert _hash_of(READER) == kept
    assert list(SqlReader.objects.values_list("utility__code", flat=True)) == ["voima"]


def test_a_utility_that_goes_takes_its_readers_along(tmp_path: Path) -> None:
    store_reader(tmp_path, "--utility", "energia")
    make.make_utility("energia").delete()
    assert ask("SELECT count(*) FROM series_info") == [(0,)]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ((), "Say whose values"),
        (("--utility", "energia", "--all-utilities"), "Say whose values"),
        (("--utility", "nobody", "--utility", "energia"), "There is no utility nobody"),
    ],
)
def test_one_must_say_whose_values(tmp_path: Path, words: tuple[str, ...], refusal: str) -> None:
    with pytest.raises(CommandError, match=refusal):
        store_reader(tmp_path, *words)
    assert query("SELECT 1 FROM pg_roles WHERE rolname = %s", READER) == []


@pytest.mark.parametrize("name", ["BI", "pg_bi", "b i", "bi;--", "", "x" * 64, "1bi"])
def test_names_of_roles_are_checked(name: str) -> None:
    with pytest.raises(SqlReaderError, match="is no name for a role"):
        make_reader(role=name, utilities=None, password=PASSWORD)


def test_short_passwords_and_open_files_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("short\n")
    file.chmod(0o600)
    words = ("store", "reader", "--name", READER, "--all-utilities", "--password-file", str(file))
    with pytest.raises(CommandError, match="12 to 500 characters"):
        call_command(*words)
    file.chmod(0o644)
    with pytest.raises(CommandError, match="open to others: chmod 600"):
        call_command(*words)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command(*words[:-1], str(tmp_path / "none"))


def test_a_role_that_may_do_more_is_left_alone() -> None:
    (own,) = query("SELECT current_user::text")[0]
    with pytest.raises(SqlReaderError, match="has other rights already"):
        make_reader(role=own, utilities=None, password=PASSWORD)
    _run(f"CREATE ROLE {ROOT_READER} CREATEDB")
    with pytest.raises(SqlReaderError, match="has other rights already"):
        make_reader(role=ROOT_READER, utilities=None, password=PASSWORD)


def test_what_everybody_may_read_is_noticed() -> None:
    _run("GRANT SELECT ON metering_customer TO PUBLIC")
    try:
        with pytest.raises(SqlReaderError, match="could also use metering_customer"):
            make_reader(role=READER, utilities=None, password=PASSWORD)
    finally:
        _run("REVOKE SELECT ON metering_customer FROM PUBLIC")
    assert query("SELECT 1 FROM pg_roles WHERE rolname = %s", READER) == []


def test_where_our_role_may_not_make_roles_somebody_else_does() -> None:
    """As on a server that others look after: our role owns the tables and no more."""
    _run(f"CREATE ROLE {ROOT_READER}")
    with (
        pytest.raises(SqlReaderError, match=f"Let an administrator .* CREATE ROLE {READER} LOGIN"),
        transaction.atomic(),
    ):
        _run(f"GRANT SELECT ON metering_series, store_reader TO {ROOT_READER}")
        _run(f"SET LOCAL ROLE {ROOT_READER}")
        make_reader(role=READER, utilities=None, password=PASSWORD)
    with pytest.raises(SqlReaderError, match=f"There is no role {READER}: give a password"):
        make_reader(role=READER, utilities=None, password=None)
    _run(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'")
    make_reader(role=READER, utilities=None, password=None)
    assert ask("SELECT count(*) FROM daily_value") == [(0,)]


def test_only_readers_are_removed() -> None:
    _run(f"CREATE ROLE {ROOT_READER}")
    with pytest.raises(SqlReaderError, match="is no reader"):
        remove_reader(role=ROOT_READER)
    assert len(query("SELECT 1 FROM pg_roles WHERE rolname = %s", ROOT_READER)) == 1


def test_a_role_that_owns_something_is_left_alone(tmp_path: Path) -> None:
    store_reader(tmp_path, "--all-utilities")
    _run(f"CREATE TABLE of_the_reader (x integer); ALTER TABLE of_the_reader OWNER TO {READER}")
    with pytest.raises(CommandError, match="has other rights already"):
        store_reader(tmp_path, "--all-utilities")


def test_a_role_other_databases_know_stays_without_rights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store_reader(tmp_path, "--all-utilities")
    _run(f"GRANT CONNECT ON DATABASE postgres TO {READER}")
    call_command("store", "reader", "--name", READER, "--remove")
    assert "reads nothing any more; other databases know it, so it stays" in capsys.readouterr().out
    with pytest.raises(errors.InsufficientPrivilege):
        ask("SELECT count(*) FROM daily_value")


def _hash_of(role: str) -> str:
    return str(query("SELECT rolpassword FROM pg_authid WHERE rolname = %s", role)[0][0])


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
