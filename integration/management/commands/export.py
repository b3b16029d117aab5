import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integration.exports.options import Clock, Decimal, Layout, Options, Unit
from integration.exports.registry import choices
from integration.exports.running import run_export
from integration.exports.selection import zone_of
from integration.exports.states import State
from integration.models import FileExport
from integration.services.exports import ExportError, Order, begin_export
from integration.services.files import open_file
from metering.browser.period import PeriodError, edge_of


class Command(BaseCommand):
    help = "Write values of series into a file, in this process. The export is kept and listed like any other."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="where to write; nothing there is overwritten")
        parser.add_argument("--series", nargs="+", type=int, required=True, help="ids of the series")
        parser.add_argument("--from", dest="start", required=True, help="first day, or an instant; local time")
        parser.add_argument("--to", dest="end", required=True, help="last day, included, or an instant; local time")
        parser.add_argument("--format", required=True, choices=[name for name, _ in choices()])
        parser.add_argument("--unit", choices=Unit.values, default=Unit.KILO, help="unit of energy; CSV and Excel")
        parser.add_argument("--layout", choices=Layout.values, default=Layout.LONG, help="rows; CSV and Excel")
        parser.add_argument("--times", choices=Clock.values, default=Clock.LOCAL, help="CSV and Excel")
        parser.add_argument("--decimal", choices=Decimal.values, default=Decimal.POINT, help="decimal sign; CSV")
        parser.add_argument("--receiver", default="", help="participant the file is for; NEM12 and NEM13")

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(options["file"])
        if target.exists():
            raise CommandError(f"{target} exists.")
        try:
            row = begin_export(series=options["series"], order=_order(options))
        except (ExportError, PeriodError) as error:
            raise CommandError(str(error)) from error
        done = run_export(row.pk)
        if done is None or done.state != State.DONE or done.file is None:
            raise CommandError(done.cause if done else f"Another worker writes {row.name}: see its page.")
        with open_file(done.file) as source, target.open("xb") as copy:
            shutil.copyfileobj(source, copy)
        self._report(done, target)

    def _report(self, row: FileExport, target: Path) -> None:
        self.stdout.write(f"{target}: {row.values:,} values of {row.series_count - row.series_refused:,} series")
        for each in row.series.exclude(reason="").select_related("series__metering_point", "series__measured_property"):
            what = "not in the file" if each.refused else f"{each.left_out:,} values left out"
            self.stdout.write(f"{each.series.metering_point}, {each.series}: {what}: {each.reason}")


def _order(options: dict[str, Any]) -> Order:
    zone = zone_of(None, options["series"])
    start, end = edge_of(options["start"], zone, end=False), edge_of(options["end"], zone, end=True)
    names = ("unit", "decimal", "layout", "times", "receiver")
    return Order(options["format"], start, end, Options.of_json({name: options[name] for name in names}))
