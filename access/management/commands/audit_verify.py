from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access import audit, checkpoints
from access.models import AuditCheckpoint, AuditRecord


class Command(BaseCommand):
    help = "Walk the audit chain and its signed checkpoints; name the first one changed, removed or inserted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--witness", metavar="ID:HASH", help="a record noted elsewhere that must still be there")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = audit.verify()
        if broken is not None:
            raise CommandError(f"The chain breaks at record {broken.pk} of {broken.at:%Y-%m-%d %H:%M:%S}.")
        self._check_checkpoints()
        if options["witness"]:
            _check_witness(options["witness"])
        self.stdout.write("The audit chain is sound.")
        self._say_the_newest()

    def _check_checkpoints(self) -> None:
        try:
            fault = checkpoints.first_fault()
        except OSError as error:
            raise CommandError(f"The audit key cannot be read: {error}") from error
        if fault is not None:
            raise CommandError(fault)

    def _say_the_newest(self) -> None:
        checkpoint = AuditCheckpoint.objects.first()
        if checkpoint is None:
            self.stdout.write("Nothing is signed yet: the scheduler makes a checkpoint every hour.")
            return
        self.stdout.write(f"Signed last: {checkpoint.at:%Y-%m-%d %H:%M:%S} UTC.")
        self.stdout.write(f"Keep elsewhere for --witness: {checkpoint.record}:{checkpoint.hash}")


def _check_witness(witness: str) -> None:
    record, _, digest = witness.partition(":")
    if not record.isdecimal() or not AuditRecord.objects.filter(pk=record, hash=digest).exists():
        raise CommandError(
            f"Record {record or '?'} with this hash is not in the trail: its end was cut off or rebuilt."
        )
