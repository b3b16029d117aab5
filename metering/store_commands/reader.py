"""`store reader`: a role of the database that reads values in plain SQL."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import CommandError, OutputWrapper

from access.models import Utility
from metering.services.sql_readers import SqlReaderError, make_reader, remove_reader
from metering.store_commands import Options, SubCommand

_PRIVATE = 0o077


def _run(options: Options, stdout: OutputWrapper) -> bool:
    role = options["name"]
    try:
        if options["remove"]:
            gone = remove_reader(role=role)
            stdout.write(f"{role} reads nothing any more" + ("" if gone else "; other databases know it, so it stays"))
            return True
        utilities = _utilities(options)
        make_reader(role=role, utilities=utilities, password=_password(options["password_file"]))
    except SqlReaderError as error:
        raise CommandError(f"{error}.") from error
    whose = "all utilities" if utilities is None else ", ".join(utility.code for utility in utilities)
    stdout.write(f"{role} may read the values of {whose}")
    return True


def _utilities(options: Options) -> list[Utility] | None:
    """Those asked for; None: all. One must say which: nothing is opened by leaving something out."""
    codes = options["utility"] or []
    if bool(codes) is options["all_utilities"]:
        raise CommandError("Say whose values: --utility CODE, once for each, or --all-utilities.")
    found = list(Utility.objects.filter(code__in=codes).order_by("code"))
    if unknown := sorted(set(codes) - {utility.code for utility in found}):
        raise CommandError(f"There is no utility {', '.join(unknown)}.")
    return found or None


def _password(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        if path.stat().st_mode & _PRIVATE:
            raise CommandError(f"{path} is open to others: chmod 600 {path}")
        return path.read_text().strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--name", required=True, help="name of the role")
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="file with its password, open to you only")
    parser.add_argument("--utility", action="append", metavar="CODE", help="a utility whose values it reads")
    parser.add_argument("--all-utilities", action="store_true", help="it reads the values of all utilities")
    parser.add_argument("--remove", action="store_true", help="take everything from the role and drop it")


COMMAND = SubCommand("Make, change or remove a role that reads values in plain SQL.", _add_arguments, _run)
