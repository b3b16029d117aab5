"""`store retention`: where every month is, and which leave now."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from collections.abc import Iterator

from django.core.management.base import OutputWrapper
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from metering.models import ArchivedMonth, RetentionClass
from metering.store.archive.early import drop_early
from metering.store.archive.months import Kind
from metering.store.archive.retention import due, keep_months, unfinished
from metering.store.archive.tables import tables_of
from metering.store.partitions import months_of
from metering.store_commands import Options, SubCommand


def _run(options: Options, stdout: OutputWrapper) -> bool:
    if not options["apply"]:
        stdout.writelines(f"{line}\n" for line in _lines())
        return True
    stdout.write(f"{keep_months()} months left")
    stdout.write(f"{drop_early()} rows of single series dropped")
    waiting = [*map(str, unfinished()), *map(str, due())]
    stdout.writelines(f"not yet: {what}; the log says why\n" for what in waiting)
    return not waiting


def _lines() -> Iterator[str]:
    """A line per kind and month: where it is, and what becomes of it."""
    leaving = {(departure.kind, departure.month): f"{departure.action.label.lower()} now" for departure in due()}
    kinds: tuple[Kind, ...] = ("interval", "register")
    for kind in kinds:
        places = {month: "online" for table in tables_of(kind) for month in months_of(table.name)} | _archived(kind)
        for month, where in sorted(places.items()):
            words = f"{RetentionClass.Kind(kind).label}  {month:%Y-%m}  {where:<24}  {leaving.get((kind, month), '')}"
            yield words.rstrip()


def _archived(kind: Kind) -> dict[dt.date, str]:
    """State and size of the months that are, or are becoming, archived."""
    rows = ArchivedMonth.objects.filter(kind=kind).exclude(state=ArchivedMonth.State.RETURNED)
    return {
        row.month: f"{row.get_state_display().lower()}, {filesizeformat(octets)}".replace("\xa0", " ")
        for row, octets in ((row, row.octets or 0) for row in rows.annotate(octets=Sum("files__size")))
    }


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--apply", action="store_true", help="do now what the scheduler does every hour")


COMMAND = SubCommand("List the months and where they are; which leave now by their class.", _add_arguments, _run)
