"""The audit trail: chained, insert-only, complete for sign-ins, and it notices tampering."""

import threading
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django import Settings

from access import audit
from access.checkpoints import make_checkpoint
from access.models import AuditRecord
from aim.action import bind
from tests.access.behind import behind_the_back
from tests.factories import PASSWORD, make_metering_point, make_user, make_utility

pytestmark = pytest.mark.django_db


def test_a_record_says_who_what_where_and_under_which_action() -> None:
    utility, user = make_utility(), make_user()
    point = make_metering_point(utility)
    with bind("action-12345678"):
        entry = audit.record("viewed", "Looked", user=user, utility=utility, target=point, details={"tab": "values"})
    assert (entry.action, entry.username, entry.utility_code) == ("action-12345678", user.username, "energia")
    assert (entry.object_type, entry.object_id) == ("metering.meteringpoint", str(point.pk))


def test_the_chain_is_sound_and_survives_a_reload_from_the_database() -> None:
    for number in range(5):
        audit.record("tested", f"Record {number} äö", details={"n": number, "text": "ß", "nested": [1.5, None]})
    assert audit.verify() is None


@pytest.mark.parametrize("change", ["summary = 'changed'", "details = '{}'", "username = 'somebody else'"])
def test_a_changed_record_breaks_the_chain_there(change: str) -> None:
    records = [audit.record("tested", f"Record {number}", details={"n": number}) for number in range(3)]
    behind_the_back(f"UPDATE access_auditrecord SET {change} WHERE id = {records[1].pk}")
    assert audit.verify() == records[1]
    with pytest.raises(CommandError, match=f"record {records[1].pk}"):
        call_command("audit_verify", stdout=StringIO())


def test_a_removed_record_breaks_the_chain_after_it() -> None:
    records = [audit.record("tested", f"Record {number}") for number in range(3)]
    behind_the_back(f"DELETE FROM access_auditrecord WHERE id = {records[1].pk}")
    assert audit.verify() == records[2]


@pytest.mark.parametrize("table", ["access_auditrecord", "access_auditcheckpoint"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET hash = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_delete_or_empty(statement: str, table: str, audit_key: Path) -> None:
    audit.record("tested", "Record")
    make_checkpoint()
    with connection.cursor() as cursor:  # off in the database of the tests, which empties all tables after some
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER access_audit_no_truncate")
    statement = statement.format(table)
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_make_one_chain() -> None:
    def write() -> None:
        for _ in range(10):
            audit.record("tested", "At once")
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditRecord.objects.count() == 40
    assert audit.verify() is None


def test_signing_in_out_and_failing_leave_records(client: Client) -> None:
    user = make_user()
    client.post("/sign-in/", {"username": user.username, "password": "wrong"})
    client.post("/sign-in/", {"username": user.username, "password": PASSWORD})
    client.post("/sign-out/")
    assert list(AuditRecord.objects.order_by("id").values_list("verb", flat=True)) == [
        "sign-in failed", "signed in", "signed out",
    ]  # fmt: skip
    assert PASSWORD not in "".join(AuditRecord.objects.values_list("summary", flat=True))


def test_a_lock_out_is_one_record_however_often_somebody_tries_on(client: Client, settings: Settings) -> None:
    user = make_user()
    for _ in range(20):
        client.post("/sign-in/", {"username": user.username, "password": "wrong"})
    verbs = Counter(AuditRecord.objects.values_list("verb", flat=True))
    assert verbs == {"sign-in failed": settings.AXES_FAILURE_LIMIT, "locked out": 1}
    locked = AuditRecord.objects.get(verb="locked out")
    assert user.username in locked.summary
    assert locked.details == {"address": "127.0.0.1"}
