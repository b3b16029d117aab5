"""What commands of the command line ask in the same words: for which utility they work."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import CommandError

from access.models import Utility


def add_utility(parser: ArgumentParser) -> None:
    """Let the command be told its utility."""
    parser.add_argument("--utility", help="code of the utility (needed when there are several)")


def utility_of(code: str | None) -> Utility:
    """The utility of this code, or the only one there is; CommandError, with those there are, where that is not one."""
    utilities = Utility.objects.filter(code=code) if code else Utility.objects.all()
    if (found := utilities.count()) != 1:
        known = ", ".join(Utility.objects.values_list("code", flat=True)) or "none"
        raise CommandError(f"{found} utilities fit; name one with --utility (there are: {known}).")
    return utilities.get()
