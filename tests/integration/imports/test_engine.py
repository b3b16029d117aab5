"""The engine: states, leases, workers that die, people who cancel."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from access.models import AuditRecord
from integration.imports import contents, run_check, run_store, run_undo
from integration.imports.contents import Content
from integration.imports.holding import MOST_ATTEMPTS, claim
from integration.imports.running import work
from integration.imports.states import BADGES, NEXT
from integration.models import FileImport
from integration.services.columns import use_columns
from integration.services.steering import cancel_import, confirm_import, resume_import, undo_import
from integration.work.calling import call_for_waiting
from integration.work.holding import WorkFailedError
from integration.work.states import StateChangedError
from metering.models import Series
from tests.beside import until_alone
from tests.integration.imports.conftest import Office
from tests.integration.imports.test_readings import quarters, values_of
from tests.integration.imports.tiny import before_portion

State = FileImport.State
SIX = (1, 2, 3, 4, 5, 6)


def fresh(row: FileImport) -> FileImport:
    row.refresh_from_db()
    return row


def test_every_state_has_a_way_on_a_badge_and_no_strangers() -> None:
    assert set(NEXT) == set(BADGES) == set(State.values)
    assert all(after <= set(State.values) for after in NEXT.values())
    assert not NEXT[State.UNDONE]


def test_an_import_goes_all_the_way_by_itself_when_the_file_is_good(office: Office) -> None:
    row = office.begin(*quarters(office.point.gsrn, *SIX), at_once=True)
    work(row.pk)
    assert fresh(row).state == State.DONE
    assert row.confirmed_by == office.user
    assert row.finished_at is not None
    assert row.percent == 100


def test_with_an_error_it_waits_for_a_person(office: Office) -> None:
    row = office.begin("rubbish\n", *quarters(office.point.gsrn, *SIX), at_once=True)
    work(row.pk)
    assert fresh(row).state == State.READY
    assert not Series.objects.exists()


def test_nobody_works_on_what_another_worker_holds(office: Office) -> None:
    row = office.begin(*quarters(office.point.gsrn, *SIX))
    assert claim(row.pk, State.CHECKING) is not None
    assert claim(row.pk, State.CHECKING) is None
    assert run_check(row.pk) is None


def test_a_worker_that_lost_its_lease_stores_nothing(office: Office) -> None:
    row = office.check(*quarters(office.point.gsrn, *SIX))
    confirm_import(row=row, user=office.user)
    with before_portion(2, lambda: FileImport.objects.filter(pk=row.pk).update(lease_owner="another")):
        run_store(row.pk)
    assert fresh(row).lease_owner == "another"
    assert values_of(office.series, 6) == [1, 2, 3, 4, None, None]
    assert row.chunks.count() == 1


def test_cancelled_while_storing_keeps_what_is_stored_and_can_be_undone(office: Office) -> None:
    row = office.check(*quarters(office.point.gsrn, *SIX))
    confirm_import(row=row, user=office.user)
    with before_portion(2, lambda: cancel_import(row=fresh(row), user=office.user)):
        run_store(row.pk)
    assert fresh(row).state == State.CANCELLED
    assert row.stored["new"] == 4
    assert values_of(office.series, 6) == [1, 2, 3, 4, None, None]
    office.undo(row)
    assert values_of(office.series, 6) == [None] * 6


def test_a_failed_import_says_why_and_is_resumed_where_it_stopped(office: Office) -> None:
    row = office.check(*quarters(office.point.gsrn, *SIX))
    confirm_import(row=row, user=office.user)
    with before_portion(2, _break):
        run_store(row.pk)
    assert fresh(row).state == State.FAILED
    assert row.cause == "the disk is full"
    assert values_of(office.series, 6) == [1, 2, 3, 4, None, None]

    resume_import(row=row, user=office.user)
    run_store(row.pk)
    assert fresh(row).state == State.DONE
    assert [chunk.new for chunk in row.chunks.all()] == [4, 2]
    assert row.stored == {"new": 6, "changed": 0, "unchanged": 0, "refused": 0}
    assert values_of(office.series, 6) == list(SIX)


def test_what_is_stored_in_part_is_not_read_otherwise(office: Office) -> None:
    row = office.check(*quarters(office.point.gsrn, *SIX))
    confirm_import(row=row, user=office.user)
    with before_portion(2, _break):
        run_store(row.pk)
    with pytest.raises(StateChangedError, match="Undo the import"):
        use_columns(row=fresh(row), layout={"zone": "UTC"}, save_as="", user=office.user)
    assert (fresh(row).state, row.layout) == (State.FAILED, {})


def test_a_mistake_of_ours_is_not_shown_as_it_is(office: Office) -> None:
    row = office.begin(*quarters(office.point.gsrn, *SIX))
    contents.register_content(Content("broken", "Broken", _stumble, _stumble, _stumble))
    FileImport.objects.filter(pk=row.pk).update(content="broken")
    run_check(row.pk)
    assert fresh(row).state == State.FAILED
    assert "secret" not in row.cause
    assert row.action in row.cause


def test_a_file_that_is_gone_is_said(office: Office) -> None:
    row = office.begin(*quarters(office.point.gsrn, *SIX))
    row.file.path.unlink()
    run_check(row.pk)
    assert (fresh(row).state, row.cause) == (State.FAILED, "The file is no longer kept here. Upload it again.")


def test_a_file_that_ends_its_workers_is_given_up(office: Office) -> None:
    row = office.begin(*quarters(office.point.gsrn, *SIX))
    for _ in range(MOST_ATTEMPTS):
        assert claim(row.pk, State.CHECKING) is not None
        FileImport.objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claim(row.pk, State.CHECKING) is None
    assert fresh(row).state == State.FAILED


def test_the_scheduler_calls_for_what_nobody_holds(office: Office) -> None:
    row = office.begin(*quarters(office.point.gsrn, *SIX))
    cache.clear()
    assert call_for_waiting() == 1
    assert claim(row.pk, State.CHECKING) is not None
    assert call_for_waiting() == 0
    FileImport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert call_for_waiting() == 1


def test_a_check_begun_again_counts_nothing_twice(office: Office) -> None:
    row = office.begin("rubbish\n", *quarters(office.point.gsrn, *SIX))
    with before_portion(2, lambda: FileImport.objects.filter(pk=row.pk).update(lease_owner="", lease_until=None)):
        run_check(row.pk)
    run_check(row.pk)
    assert fresh(row).state == State.READY
    assert (row.rows, row.errors, row.problems.count()) == (7, 1, 1)
    assert row.channels.get().values == 6


@pytest.mark.parametrize("act", [confirm_import, resume_import, undo_import])
def test_what_cannot_be_done_now_is_refused(office: Office, act: Any) -> None:
    row = office.begin(*quarters(office.point.gsrn, *SIX))
    with pytest.raises(StateChangedError):
        act(row=row, user=office.user)


def test_of_two_who_confirm_one_does(office: Office) -> None:
    row = office.check(*quarters(office.point.gsrn, *SIX))
    same = FileImport.objects.get(pk=row.pk)
    confirm_import(row=row, user=office.user)
    with pytest.raises(StateChangedError):
        confirm_import(row=same, user=office.user)


def test_every_act_of_a_person_is_in_the_audit_trail(office: Office) -> None:
    row = office.store(*quarters(office.point.gsrn, *SIX))
    office.undo(row)
    verbs = (
        AuditRecord.objects.filter(object_type="integration.fileimport", object_id=str(row.pk))
        .order_by("id")
        .values_list("verb", "username")
    )
    assert list(verbs) == [("file given", "mikko"), ("import confirmed", "mikko"), ("import undone", "mikko")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("chunk", [1, 2, 3])
def test_a_worker_killed_anywhere_leaves_whole_chunks_and_the_next_one_finishes(office: Office, chunk: int) -> None:
    numbers = list(range(1, 13))
    row = office.check(*quarters(office.point.gsrn, *numbers))
    confirm_import(row=row, user=office.user)
    child = _fork_and_die_in(row, chunk)
    assert os.waitstatus_to_exitcode(child) == -signal.SIGKILL

    stored = 4 * (chunk - 1)
    assert fresh(row).state == State.STORING
    assert row.chunks.count() == chunk - 1
    if stored:
        assert values_of(office.series, 12) == [*numbers[:stored], *[None] * (12 - stored)]
    FileImport.objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run_store(row.pk)
    assert fresh(row).state == State.DONE
    assert values_of(office.series, 12) == numbers
    assert row.stored["new"] == 12

    undo_import(row=row, user=office.user)
    run_undo(row.pk)
    assert values_of(office.series, 12) == [None] * 12


def _fork_and_die_in(row: FileImport, chunk: int) -> int:
    """A worker of its own process that is killed when all of a chunk is written and not yet committed."""
    connection.close()
    child = os.fork()
    if child == 0:
        with connection.execute_wrapper(_Executioner(chunk)):
            run_store(row.pk)
        os._exit(1)
    ended = os.waitpid(child, 0)[1]
    until_alone()
    return ended


class _Executioner:
    """Kills the process when the progress of its chunk of this number is about to be noted."""

    def __init__(self, chunk: int) -> None:
        self.left = chunk

    def __call__(self, execute: Any, sql: str, *arguments: Any) -> Any:
        self.left -= sql.startswith('INSERT INTO "integration_importchunk"')
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *arguments)


def _break() -> None:
    raise WorkFailedError("the disk is full")


def _stumble(held: object) -> None:
    raise RuntimeError("a secret of the house")


@pytest.fixture(autouse=True)
def _no_old_contents() -> Iterator[None]:
    yield
    contents._contents.pop("broken", None)
