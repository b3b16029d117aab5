"""`manage.py keys`: which keys there are, another master key, and transport keys of factory files. Shows no key."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from access import audit
from access.command_line import add_utility, utility_of
from devices.keystore import KeyStateError, KeyStoreError, counters, master, resealing, transport
from devices.models import DeviceKey
from devices.models.keys import TransportKey

_MOST_NAMED = 20


class Command(BaseCommand):
    help = "Keys of devices: how many under which master key, sealing them under another one, transport keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        what.add_parser("status", help="count keys by state and master key; name devices whose counters run out")
        what.add_parser("reseal", help="seal all keys under the master key that is set now; may be ended and run again")
        does = what.add_parser("transport", help="keys that factory files are wrapped under").add_subparsers(
            dest="does", required=True
        )
        _with_names(does.add_parser("add", help="keep one: read from a file or from standard input, or made here"))
        add = does.choices["add"]
        given = add.add_mutually_exclusive_group()
        given.add_argument("--file", type=Path, help="AES key in hexadecimal digits, or private RSA key in PEM")
        given.add_argument("--generate", action="store_true", help="make an RSA key pair and print its public part")
        _with_names(does.add_parser("withdraw", help="open no more factory files with it"))
        does.add_parser("list", help="list them by utility")

    def handle(self, *args: Any, **options: Any) -> None:
        work = {
            "status": self._status, "reseal": self._reseal, "add": self._add, "withdraw": self._withdraw,
            "list": self._list,
        }  # fmt: skip
        try:
            work[options.get("does") or options["what"]](options)
        except (KeyStoreError, KeyStateError) as error:
            raise CommandError(str(error)) from error

    def _status(self, options: dict[str, Any]) -> None:
        present, now = master.present(), master.current().id
        for id_, count in sorted(resealing.counted().items()):
            role = "current" if id_ == now else "former" if id_ in present else "not present" if id_ else "not noted"
            self.stdout.write(f"master key {id_ or '-':16} {role:12} {count} keys")
        states = DeviceKey.objects.values_list("kind", "state").annotate(Count("pk")).order_by("kind", "state")
        for kind, state, count in states:
            self.stdout.write(f"{kind:16} {state:10} {count}")
        for device, share in counters.running_out():
            self.stdout.write(f"{device}: {share:.0%} of the invocation counters are used; roll its encryption key")

    def _reseal(self, options: dict[str, Any]) -> None:
        done, unopened = 0, []
        for step in resealing.reseal():
            done += step.done
            unopened += step.unopened
        audit.record("keys resealed", f"{done} keys sealed under another master key, {len(unopened)} left")
        self.stdout.write(f"{done} keys are sealed under master key {master.current().id} now.")
        if unopened:
            named = "\n".join(unopened[:_MOST_NAMED])
            raise CommandError(f"{len(unopened)} keys could not be opened and stay as they are:\n{named}")

    def _add(self, options: dict[str, Any]) -> None:
        public = b""
        if options["generate"]:
            key, public = transport.new_key_pair()
        else:
            key = _given(options["file"])
        row = transport.add(utility=utility_of(options["utility"]), name=options["name"], key=key)
        self.stdout.write(f"Transport key {row} ({row.get_method_display()}) is kept.")
        if public:
            self.stdout.write(f"Give this to the manufacturer:\n{public.decode()}")

    def _withdraw(self, options: dict[str, Any]) -> None:
        transport.withdraw(utility=utility_of(options["utility"]), name=options["name"])
        self.stdout.write(f"Transport key {options['name']} opens nothing from now on.")

    def _list(self, options: dict[str, Any]) -> None:
        for row in TransportKey.objects.select_related("utility").order_by("utility__code", "name"):
            state = "withdrawn" if row.withdrawn_at else "in use"
            self.stdout.write(f"{row.utility.code:12} {row.name:24} {row.get_method_display():28} {state}")


def _with_names(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="what factory files call it")
    add_utility(parser)


def _given(file: Path | None) -> bytes:
    """Octets of a PEM file, or those written as hexadecimal digits. Never on the command line, where others see it."""
    try:
        octets = file.read_bytes() if file else sys.stdin.buffer.read()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    if octets.lstrip().startswith(b"-----BEGIN"):
        return octets
    try:
        return bytes.fromhex(octets.decode("ascii").strip())
    except ValueError:
        raise CommandError("The key is neither PEM nor hexadecimal digits.") from None
