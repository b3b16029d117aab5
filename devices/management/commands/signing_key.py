from typing import Any

from django.core.management.base import BaseCommand

from devices.signing import public_point


class Command(BaseCommand):
    help = "Print the public signing key of this head-end (P-256, x then y, hexadecimal) for meters with HLS 7."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(public_point().hex())
