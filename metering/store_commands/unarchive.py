"""`store unarchive MONTH`: the values of an archived month come back, so that they can be written again."""

from __future__ import annotations

from django.core.management.base import CommandError, OutputWrapper

from metering.models import ArchivedMonth
from metering.store.archive.months import ArchiveError
from metering.store.archive.retention import RETURNED_STAYS
from metering.store.archive.returning import return_month
from metering.store_commands import Options, SubCommand
from metering.store_commands.archive import add_arguments, kinds, refusal


def _run(options: Options, stdout: OutputWrapper) -> bool:
    month = options["month"]
    archived = set(ArchivedMonth.objects.filter(month=month).values_list("kind", flat=True))
    asked = [kind for kind in kinds(options) if kind in archived]
    if not asked:
        raise CommandError(f"{month:%Y-%m} is not archived")
    for kind in asked:
        try:
            row = return_month(kind, month, tell=stdout.write)
        except (ArchiveError, OSError) as error:
            raise refusal(error) from error
        stdout.write(f"{row}: back for {RETURNED_STAYS.days} days at least")
    return True


COMMAND = SubCommand("Bring an archived month back, so that values can be written to it.", add_arguments, _run)
