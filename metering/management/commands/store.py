import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from metering.store_commands import sub_commands


class Command(BaseCommand):
    help = "Look after the value store."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, help="what to do; each has its own --help")
        for name, command in sub_commands().items():
            command.add_arguments(actions.add_parser(name, help=command.help, description=command.help))

    def handle(self, *args: Any, **options: Any) -> None:
        if not sub_commands()[options["action"]].run(options, self.stdout):
            sys.exit(1)
