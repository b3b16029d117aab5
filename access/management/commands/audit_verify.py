from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access import audit


class Command(BaseCommand):
    help = "Walk the audit chain and name the first record that was changed, removed or inserted."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = audit.verify()
        if broken is not None:
            raise CommandError(f"The chain breaks at record {broken.pk} of {broken.at:%Y-%m-%d %H:%M:%S}.")
        self.stdout.write("The audit chain is sound.")
