from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from access import audit
from devices.models import Device
from headend.services.claims import reserve_counters
from protocols.errors import LocalProtocolError


class Command(BaseCommand):
    help = "Go on with a higher invocation counter for a device that asked for one (counter_jump) and was checked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("serial", help="serial number of the device")
        parser.add_argument("counter", type=int, help="the counter the device has seen, from the detail of the item")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        known = Device.objects.select_related("utility").filter(contact__isnull=False)
        device = known.filter(serial_number=options["serial"]).first()
        if device is None:
            raise CommandError(f"No device {options['serial']} was ever spoken to.")
        try:
            first = reserve_counters(device_id=device.pk, minimum=options["counter"] + 1)
        except LocalProtocolError as error:
            raise CommandError(f"{error}; the keys of the device must be rolled.") from error
        summary = f"Invocation counter of {device} raised to {first}"
        audit.record("counter raised", summary, utility=device.utility, target=device)
        self.stdout.write(f"{summary}.")
