"""`manage.py reference`: the generated pages of docs/reference/."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aim import places
from aim.reference.pages import stale


class Command(BaseCommand):
    help = "Write those pages of docs/reference/ that come from the code: settings, commands, roles, causes, events."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail when a page is not current")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        """Write what is not current and say so; with `--check` only say so."""
        pages = stale()
        names = ", ".join(str(page.path.relative_to(places.BASE)) for page in pages)
        if check and pages:
            raise CommandError(f"Not what the code says: {names}. Run manage.py reference.")
        for page in pages:
            page.write()
        self.stdout.write(f"Written: {names}" if pages else "Every page is current.")
