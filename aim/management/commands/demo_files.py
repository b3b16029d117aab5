from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.models import User, Utility
from aim import places
from aim.demo.files.load import give_files
from aim.demo.load import CODE
from aim.demo.users import LOGINS

IMPORTER = LOGINS[2]


class Command(BaseCommand):
    help = "Give the demo utility files of readings: some imported, some to look at. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        default = places.VAR / "demo-files"
        parser.add_argument("--folder", type=Path, default=default, help=f"where the files go (default: {default})")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        utility = Utility.objects.filter(code=CODE).first()
        if utility is None:
            raise CommandError("There is no demo utility: run manage.py demo_load first.")
        files = give_files(utility, folder, User.objects.get(username=IMPORTER.username))
        for path in files:
            self.stdout.write(f"{path}: {path.stat().st_size // 1024:,} KiB")
        self.stdout.write(f"{len(files)} files of readings." if files else "The demo utility has imports already.")
