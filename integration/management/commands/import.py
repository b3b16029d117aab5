# ruff: noqa: N999 -- the command is called as the thing it does
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.command_line import add_utility, utility_of
from access.models import User
from integration.imports.contents import content_of
from integration.imports.registry import choices
from integration.imports.running import work
from integration.imports.states import State
from integration.imports.tally import Tally
from integration.models import ColumnMapping, FileImport
from integration.services.files import FileTooLargeError, keep
from integration.services.steering import confirm_import
from integration.services.uploads import Order, UploadError, begin_import, earlier_imports

_LOOK_S = 0.5
_PIECE = 1 << 20
_SHOWN = 20


class Command(BaseCommand):
    help = "Import a file: it is checked, and stored with --confirm. Prints progress, counts and what is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file")
        add_utility(parser)
        parser.add_argument("--format", default="", help="nem12, nem13, espi, table …; recognised if not given")
        parser.add_argument("--mapping", default="", help="name of a saved column mapping, for tables")
        parser.add_argument("--user", default="", help="who gives the file; the system itself if not given")
        parser.add_argument("--confirm", action="store_true", help="store what is good, whatever else is wrong")
        parser.add_argument("--again", action="store_true", help="also when this very file was imported before")
        parser.add_argument("--here", action="store_true", help="work in this process instead of leaving it to workers")

    def handle(self, *args: Any, **options: Any) -> None:
        row = self._give(options)
        self._follow(row, options["here"])
        if options["confirm"] and row.state == State.READY and Tally.of_json(row.expected).good:
            confirm_import(row=row, user=row.created_by)
            self._follow(row, options["here"])
        self._report(row)

    def _give(self, options: dict[str, Any]) -> FileImport:
        utility, mapping = utility_of(options["utility"]), None
        if name := options["mapping"]:
            mapping = ColumnMapping.objects.filter(utility=utility, name__iexact=name).first()
            if mapping is None:
                raise CommandError(f"{utility} has no column mapping {name!r}.")
        order = Order(name=options["file"].name, format=options["format"], mapping=mapping)
        try:
            file = keep(_pieces(options["file"]))
            if (before := earlier_imports(file, utility).first()) and not options["again"]:
                raise CommandError(f"This very file was imported before, by import {before.pk}; --again repeats it.")
            return begin_import(utility=utility, file=file, order=order, user=self._user(options["user"]))
        except (OSError, FileTooLargeError, UploadError) as error:
            raise CommandError(str(error)) from error

    def _user(self, name: str) -> User | None:
        user = User.objects.filter(username=name).first() if name else None
        if name and user is None:
            raise CommandError(f"There is no user {name!r}.")
        return user

    def _follow(self, row: FileImport, here: bool) -> None:
        """Print how far the import is until nothing is being done with it."""
        shown = ""
        while True:
            if here:
                work(row.pk)
            row.refresh_from_db()
            line = f"import {row.pk}: {row.get_state_display().lower()}, {row.percent} %"
            if line != shown:
                self.stdout.write(line)
                shown = line
            if not row.is_working:
                return
            time.sleep(_LOOK_S)

    def _report(self, row: FileImport) -> None:
        """Say what became of it and what is wrong; an error where it cannot go on by itself."""
        counts = Tally.of_json(row.stored or row.expected)
        done = "stored" if row.stored else "would be stored"
        self.stdout.write(
            f"{counts.total} {content_of(row).counted}, {done}: {counts.new} new, {counts.changed} changed, "
            f"{counts.unchanged} unchanged, {counts.refused} not taken"
        )
        self.stdout.write(f"{row.errors} errors, {row.repairs} repairs, {row.notes} notes")
        for problem in row.problems.all()[:_SHOWN]:
            place = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
            self.stdout.write(f"  {problem.severity}, {place}: {problem.reason} {problem.text}".rstrip())
        if row.state == State.UPLOADED:
            known = ", ".join(name for name, _ in choices(row.content))
            raise CommandError(f"Say what its columns mean: --mapping, or on the page of the import. Formats: {known}.")
        if row.state in (State.FAILED, State.CANCELLED):
            raise CommandError(row.cause or f"The import was {row.get_state_display().lower()}.")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece
