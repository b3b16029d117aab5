import json
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from devices.descriptions import Description, DescriptionError, codes, description, path_of
from devices.file_check import check_file
from devices.findings import Severity
from devices.keystore import KeyStoreError
from devices.models import Device
from events.catalogue import CATALOGUE
from headend import causes
from headend.by_hand.keys import record_use
from headend.by_hand.lease import BusyError, held
from headend.causes import SessionError
from headend.drivers import DRIVERS
from headend.drivers.base import Target
from headend.knowledge import know
from headend.model_check.comparing import Compared, compare
from headend.model_check.printing import as_json, comparison_lines, finding_lines, totals
from headend.model_check.told import ask
from headend.sessions import target_of
from protocols.errors import ProtocolError

_LONGEST_S = 300.0
_LEASE_MARGIN_S = 30.0


class Command(BaseCommand):
    help = "Device models: list those that are described, or check a description file, also against a device."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, help="what to do; each has its own --help")
        actions.add_parser("list", help="print every described model and its file")
        _check_arguments(actions.add_parser("check", help="name every mistake of a description file"))

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "list":
            self.stdout.write("\n".join(_listed(code) for code in codes()))
            return
        if options["host"] and not options["serial"]:
            raise CommandError("With --host say also --serial: the keys are those of a device on file.")
        path = _path(options["file"])
        described, findings = check_file(path, list(CATALOGUE), list(DRIVERS))
        lines = _compared(described, options) if described and options["serial"] else []
        self._report(options["json"], as_json(findings, lines), [*finding_lines(findings), *_table(lines)])
        severities = [*(each.severity for each in findings), *(line.severity for line in lines)]
        if Severity.ERROR in severities:
            raise CommandError(f"{path.name}: {totals(severities)}.")
        if not options["json"]:
            self.stdout.write(f"{path.name}: {totals(severities)}.")

    def _report(self, wants_json: bool, document: dict[str, object], lines: list[str]) -> None:
        if wants_json:
            self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))
        elif lines:
            self.stdout.write("\n".join(lines))


def _listed(code: str) -> str:
    try:
        model = description(code)
    except DescriptionError as error:
        return f"{code:16} {error}"
    return f"{code:16} {model.kind:12} {model.protocol:12} {model.manufacturer} {model.name}"


def _path(text: str) -> Path:
    """A file, or the file of a model that is named by its code."""
    path = Path(text)
    found = path if path.is_file() else path_of(text)
    if found is None:
        raise CommandError(f"There is no file {text}, nor a model of this code; there are: {', '.join(codes())}.")
    return found


def _table(lines: list[Compared]) -> list[str]:
    return list(comparison_lines(lines)) if lines else []


def _compared(described: Description, options: dict[str, Any]) -> list[Compared]:
    """The description beside what a device says. CommandError where there is no association."""
    try:
        device = _device(options["serial"])
        longest_s = options["seconds"]
        with held(device, longest_s + _LEASE_MARGIN_S) as first_counter:
            record_use(device, "check a device description")
            target = _target(device, first_counter, described, options)
            return compare(described, ask(target, longest_s))
    except (BusyError, KeyStoreError) as error:
        raise CommandError(str(error)) from error
    except (SessionError, ProtocolError) as error:
        cause = error.cause if isinstance(error, SessionError) else error.cause.value
        rule = causes.rule(cause)
        raise CommandError(f"{rule.text} ({cause}): {error}. {rule.advice}".rstrip()) from error


def _target(device: Device, first_counter: int, described: Description, options: dict[str, Any]) -> Target:
    """The device as on file, spoken to as the checked description says; units are asked of it, whatever is fixed."""
    known, unknown = know([device])
    if device.pk in unknown:
        raise unknown[device.pk]
    client = options["client"]
    if client not in described.clients:
        raise CommandError(f"There is no client {client!r}; there are: {', '.join(described.clients)}.")
    asked = replace(described, security=described.clients[client], units={})
    target = replace(target_of(known[device.pk], first_counter), description=asked)
    if device.concentrator is None or options["host"]:
        target = replace(target, transport=described.transport)
    if options["host"]:
        target = replace(target, host=options["host"], port=options["port"], gateway_address=b"")
    return target


def _device(serial: str) -> Device:
    devices = Device.objects.select_related("utility", "model", "concentrator__model", "contact")
    device = devices.filter(serial_number=serial).first()
    if device is None:
        raise CommandError(f"There is no device {serial}.")
    return device


def _check_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a description file, or the code of a model")
    parser.add_argument("--serial", help="compare with this device on file, with its keys, at its address")
    parser.add_argument("--host", help="another address than that on file")
    parser.add_argument("--port", type=int, default=4059, help="its port (4059)")
    parser.add_argument("--client", default="management", help="which of the clients of the description (management)")
    parser.add_argument("--seconds", type=float, default=_LONGEST_S, help="give up after so many seconds (300)")
    parser.add_argument("--json", action="store_true", help="the result as JSON")
