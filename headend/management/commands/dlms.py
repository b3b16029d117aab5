import json
import os
import sys
from argparse import ArgumentParser
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from devices.descriptions import DescriptionError, description
from devices.keystore import KeyStoreError
from devices.models import Device
from headend import causes
from headend.by_hand.association import LONGEST_S, objects_of, objects_of_device
from headend.by_hand.keys import VARIABLES, GivenKeyError, device_keys, given_keys, record_use, with_device
from headend.by_hand.lease import BusyError, held
from headend.by_hand.listing import Listed
from headend.by_hand.peer import IncompleteError, peer_of_options
from headend.by_hand.printing import as_json, lines_of
from headend.causes import SessionError
from headend.knowledge import Knowledge, know
from headend.sessions import target_of
from protocols.errors import ProtocolError
from protocols.explain import COLOURED, PLAIN, explain, read_hex, render

_LEASE_MARGIN_S = 30.0


class Command(BaseCommand):
    help = "DLMS by hand: explain captured frames field by field, or list the objects of a meter."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, help="what to do; each has its own --help")
        _explain_arguments(actions.add_parser("explain", help="print captured octets as an annotated tree"))
        _association_arguments(actions.add_parser("association", help="list the objects of a meter"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = self._explained(options) if options["action"] == "explain" else self._associated(options)
        except (GivenKeyError, IncompleteError, BusyError, DescriptionError, KeyStoreError) as error:
            raise CommandError(str(error)) from error
        except (SessionError, ProtocolError) as error:
            raise CommandError(_in_words(error)) from error
        self.stdout.write(text)

    def _explained(self, options: dict[str, Any]) -> str:
        keys = given_keys(options, os.environ)
        if options["device"]:
            device = _device(options["device"])
            stored = device_keys(device, "explain a captured frame")
            keys = with_device(keys, device, stored, settings.SYSTEM_TITLE)
        tree = explain(_octets(options["hex"]), keys)
        if options["json"]:
            return json.dumps(tree.to_dict(), indent=2, ensure_ascii=False)
        coloured = self.stdout.isatty() and not (options["no_color"] or options["no_colour"])
        return render(tree, COLOURED if coloured or options["force_color"] else PLAIN)

    def _associated(self, options: dict[str, Any]) -> str:
        if bool(options["device"]) == bool(options["host"]):
            raise IncompleteError("Name one meter: HOST[:PORT], or --device SERIAL.")
        if options["device"]:
            _refuse_what_is_on_file(options)
            listed = _listed_of_device(options)
        else:
            peer = peer_of_options(options, given_keys(options, os.environ))
            listed = objects_of(peer, read=options["read"], longest_s=options["seconds"])
        if options["json"]:
            return json.dumps(as_json(listed), indent=2, ensure_ascii=False)
        return "\n".join([*lines_of(listed), f"{len(listed)} objects"])


def _listed_of_device(options: dict[str, Any]) -> list[Listed]:
    """As the head-end reads the device, in its one session and with counters reserved as for any other."""
    device = _device(options["device"])
    _refuse_other_protocols(device)
    longest_s = options["seconds"]
    with held(device, longest_s + _LEASE_MARGIN_S) as first_counter:
        record_use(device, "list its objects")
        target = target_of(_known(device), first_counter)
        if options["server"]:
            target = replace(target, server_address=options["server"])
        return objects_of_device(target, read=options["read"], longest_s=longest_s)


def _refuse_other_protocols(device: Device) -> None:
    """CommandError for a device that knows no associations; a model that nobody described is named later."""
    with suppress(DescriptionError):
        described = description(device.model.code)
        if described.text is not None:
            raise CommandError(
                f"{device} speaks IEC 62056-21 ({described.name}), not DLMS: it has no list of objects to ask for. "
                f"`manage.py read {device.serial_number}` reads it."
            )


def _known(device: Device) -> Knowledge:
    known, unknown = know([device])
    if device.pk in unknown:
        raise unknown[device.pk]
    return known[device.pk]


def _refuse_what_is_on_file(options: dict[str, Any]) -> None:
    given = [name for name in ("client", "password", "key", "auth_key", "hdlc", "short_names") if options[name]]
    if given:
        names = ", ".join("--" + name.replace("_", "-") for name in given)
        raise IncompleteError(f"With --device that is on file already: leave out {names}, or give HOST.")


def _device(serial: str) -> Device:
    device = (
        Device.objects.select_related("utility", "model", "concentrator__model").filter(serial_number=serial).first()
    )
    if device is None:
        raise CommandError(f"There is no device {serial}.")
    return device


def _octets(words: list[str]) -> bytes:
    """The octets of the arguments, or of the standard input where they are missing or `-`."""
    text = sys.stdin.read() if words in ([], ["-"]) else " ".join(words)
    try:
        return read_hex(text)
    except ProtocolError as error:
        raise CommandError(f"{error}. Give hexadecimal digits in any grouping.") from error


def _in_words(error: SessionError | ProtocolError) -> str:
    """Cause, detail and advice of a failure."""
    cause = error.cause if isinstance(error, SessionError) else error.cause.value
    rule = causes.rule(cause)
    return f"{rule.text} ({cause}): {error}. {rule.advice}".rstrip()


def _explain_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("hex", nargs="*", help="hexadecimal digits in any grouping; none or -: standard input")
    _key_arguments(parser)
    parser.add_argument("--dedicated-key", help=f"dedicated key, or {VARIABLES['dedicated_key']}")
    parser.add_argument("--kek", help=f"master key that wraps other keys, or {VARIABLES['kek']}")
    parser.add_argument("--title", action="append", help="system title of a sender, when no frame names it; repeatable")
    parser.add_argument(
        "--device", metavar="SERIAL", help="take keys and titles of this device; leaves an audit record"
    )
    parser.add_argument("--json", action="store_true", help="the tree as JSON")
    parser.add_argument("--no-colour", action="store_true", help="no colours on a terminal either")


def _association_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("host", nargs="?", metavar="HOST[:PORT]", help="address of the meter; port 4059 by default")
    parser.add_argument("--device", metavar="SERIAL", help="a device on file instead, as the head-end reads it")
    parser.add_argument("--client", type=int, help="client address (16 public, 1 with keys or password)")
    parser.add_argument("--server", type=int, help="address of the logical device (1)")
    parser.add_argument("--password", help="password of low-level security, octets as 0x…")
    _key_arguments(parser)
    parser.add_argument("--hdlc", action="store_true", help="HDLC frames instead of the TCP wrapper")
    parser.add_argument("--short-names", action="store_true", help="a meter that is addressed by short names")
    parser.add_argument("--read", action="store_true", help="read every readable attribute too, except profile rows")
    parser.add_argument("--seconds", type=float, default=LONGEST_S, help="give up after so many seconds (300)")
    parser.add_argument("--json", action="store_true", help="the list as JSON")


def _key_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--key", help=f"encryption key, or {VARIABLES['key']}")
    parser.add_argument("--auth-key", help=f"authentication key, or {VARIABLES['auth_key']}")
