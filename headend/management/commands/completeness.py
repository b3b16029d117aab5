from argparse import ArgumentParser
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from headend.completeness import Completeness, completeness_by_day, completeness_by_point
from metering.models import MeteringPoint


class Command(BaseCommand):
    help = "Print how complete the profile values are, per UTC day or per metering point."

    def add_arguments(self, parser: ArgumentParser) -> None:
        today = datetime.now(UTC).date()
        parser.add_argument(
            "--from",
            dest="first",
            type=_day,
            default=today - timedelta(days=13),
            help="first day (default: 13 days ago)",
        )
        parser.add_argument("--to", dest="last", type=_day, default=today, help="last day, included (default: today)")
        parser.add_argument("--utility", help="code of one utility")
        parser.add_argument("--points", action="store_true", help="list incomplete metering points instead of days")

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = options["first"], options["last"]
        if last < first:
            raise CommandError(f"The last day {last} is before the first, {first}.")
        points = MeteringPoint.objects.all()
        if options["utility"]:
            points = points.filter(utility__code=options["utility"])
        if options["points"]:
            self._points(points, first, last)
        else:
            self._days(points, first, last)

    def _days(self, points: Any, first: date, last: date) -> None:
        total = Completeness(0, 0)
        for row in completeness_by_day(points, first, last):
            total += row.completeness
            self._line(row.day.isoformat(), row.completeness)
        self._line("together", total)

    def _points(self, points: Any, first: date, last: date) -> None:
        names = dict(points.values_list("pk", "gsrn"))
        for pk, found in completeness_by_point(points, first, last).items():
            if found.missing:
                self._line(names[pk], found)

    def _line(self, label: str, found: Completeness) -> None:
        share = "-" if found.percent is None else f"{found.percent:6.2f} %"
        self.stdout.write(f"{label:20} {share:>9}  {found.present:>12,} of {found.expected:>12,}")


def _day(text: str) -> date:
    return date.fromisoformat(text)
