"""Signed checkpoints: a chain that was rebuilt or cut off does not verify, even where every hash fits."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from access import audit, checkpoints
from access.models import AuditCheckpoint, AuditRecord
from headend.services.ticking import Ticker
from tests.access.behind import behind_the_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("audit_key")]


def _records(count: int) -> list[AuditRecord]:
    return [audit.record("tested", f"Record {number}") for number in range(count)]


def _checkpoint() -> AuditCheckpoint:
    made = checkpoints.make_checkpoint()
    assert made is not None
    return made


def _verify(*options: str) -> str:
    out = StringIO()
    call_command("audit_verify", *options, stdout=out)
    return out.getvalue()


def test_each_checkpoint_signs_the_newest_record_and_verifies_after_a_reload(audit_key: Path) -> None:
    _records(2)
    assert _checkpoint().number == 1
    newest = _records(2)[-1]
    second = _checkpoint()
    assert (second.number, second.record, second.hash) == (2, newest.pk, newest.hash)
    assert audit_key.stat().st_mode & 0o077 == 0
    assert f"{second.record}:{second.hash}" in _verify()


def test_nothing_new_makes_no_checkpoint() -> None:
    assert checkpoints.make_checkpoint() is None
    _records(1)
    _checkpoint()
    assert checkpoints.make_checkpoint() is None


def test_the_scheduler_makes_them() -> None:
    _records(1)
    Ticker().tick()
    assert AuditCheckpoint.objects.count() == 1


def test_a_tail_that_was_cut_off_is_found_though_every_hash_fits() -> None:
    records = _records(3)
    _checkpoint()
    behind_the_back(f"DELETE FROM access_auditrecord WHERE id > {records[0].pk}")
    assert audit.verify() is None
    with pytest.raises(CommandError, match=f"Record {records[2].pk}, signed by checkpoint 1, was removed"):
        _verify()


def test_a_chain_that_was_rebuilt_is_found_though_every_hash_fits() -> None:
    (record,) = _records(1)
    _checkpoint()
    record.summary = "Somebody else did it"
    behind_the_back(
        f"UPDATE access_auditrecord SET summary = '{record.summary}', hash = '{audit.digest(record)}' "
        f"WHERE id = {record.pk}"
    )
    assert audit.verify() is None
    with pytest.raises(CommandError, match="rebuilt"):
        _verify()


def test_a_checkpoint_cannot_be_altered_without_the_key() -> None:
    _records(1)
    _checkpoint()
    behind_the_back("UPDATE access_auditcheckpoint SET at = at + interval '1 hour'", "access_auditcheckpoint")
    with pytest.raises(CommandError, match="signature of checkpoint 1"):
        _verify()


def test_a_removed_checkpoint_leaves_a_hole() -> None:
    for _ in range(3):
        _records(1)
        _checkpoint()
    behind_the_back("DELETE FROM access_auditcheckpoint WHERE number = 2", "access_auditcheckpoint")
    with pytest.raises(CommandError, match="Checkpoint 2 was removed"):
        _verify()


def test_a_witness_kept_elsewhere_finds_a_tail_cut_off_with_its_checkpoints() -> None:
    records = _records(2)
    witness = f"{records[1].pk}:{records[1].hash}"
    assert "sound" in _verify("--witness", witness)
    behind_the_back(f"DELETE FROM access_auditrecord WHERE id = {records[1].pk}")
    assert "sound" in _verify()
    with pytest.raises(CommandError, match="cut off"):
        _verify("--witness", witness)


def test_a_broken_chain_is_not_signed() -> None:
    records = _records(3)
    behind_the_back(f"UPDATE access_auditrecord SET summary = 'changed' WHERE id = {records[1].pk}")
    assert checkpoints.make_checkpoint() is None
    assert not AuditCheckpoint.objects.exists()


def test_a_missing_key_is_not_made_anew_once_something_was_signed(audit_key: Path) -> None:
    _records(1)
    _checkpoint()
    audit_key.unlink()
    _records(1)
    assert checkpoints.make_checkpoint() is None
    assert not audit_key.exists()
    with pytest.raises(CommandError, match="audit key"):
        _verify()
