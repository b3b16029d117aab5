"""`store archive MONTH`: the values of a month go to files."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from typing import cast

from django.core.management.base import CommandError, OutputWrapper
from django.template.defaultfilters import filesizeformat

from metering.models import RetentionClass
from metering.store.archive.leaving import archive_month
from metering.store.archive.months import ArchiveError, Kind
from metering.store.archive.steps import NotNowError
from metering.store_commands import Options, SubCommand


def _run(options: Options, stdout: OutputWrapper) -> bool:
    for kind in kinds(options):
        try:
            row = archive_month(kind, options["month"], tell=stdout.write)
        except (ArchiveError, OSError) as error:
            raise refusal(error) from error
        if row is None:
            stdout.write(f"{label(kind)} of {options['month']:%Y-%m}: there are none")
            continue
        files = list(row.files.filter(rows__gt=0))
        size = filesizeformat(sum(file.size for file in files)).replace("\xa0", " ")
        stdout.write(f"{row}: {sum(file.rows for file in files)} rows in {len(files)} files, {size}")
    return True


def refusal(error: ArchiveError | OSError) -> CommandError:
    """What the command says of it, and whether calling it again helps."""
    again = " Calling this again goes on from here." if isinstance(error, (NotNowError, OSError)) else ""
    return CommandError(f"{error}.{again}")


def add_arguments(parser: ArgumentParser) -> None:
    """Which month, and which of its values."""
    parser.add_argument("month", metavar="MONTH", type=month_of, help="the month in UTC, 2019-03")
    parser.add_argument("--kind", choices=RetentionClass.Kind.values, help="only these values (default: both)")


def kinds(options: Options) -> Iterator[Kind]:
    """The kinds of values asked for."""
    for kind in [options["kind"]] if options["kind"] else RetentionClass.Kind.values:
        yield cast("Kind", kind)


def label(kind: Kind) -> str:
    """The kind in words."""
    return RetentionClass.Kind(kind).label


def month_of(text: str) -> dt.date:
    """The first day of a month written as 2019-03."""
    try:
        return dt.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  (a month has no zone)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no month such as 2019-03") from error


COMMAND = SubCommand("Move the values of a month to files; they are read as before.", add_arguments, _run)
