from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aim import places
from aim.demo.load import DemoError, load
from aim.demo.shipment import Shipment, ShipmentError, make_shipment, read_shipment, update_shipment
from aim.demo.users import API_USER, LOGINS
from devices.signing import public_point

METERS = 200


class Command(BaseCommand):
    help = "Load the demo utility around the simulated meters of a fleet file. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        default = places.VAR / "demo-fleet.json"
        parser.add_argument(
            "--fleet", type=Path, help=f"fleet file of the simulator (default: {default}, made when absent)"
        )
        parser.add_argument("--days", type=int, default=60, help="how long the meters have been installed (default 60)")
        parser.add_argument("--force", action="store_true", help="load even though another utility is in the database")

    def handle(self, *args: Any, fleet: Path | None, days: int, force: bool, **options: Any) -> None:
        if days < 1:
            raise CommandError(f"--days must be at least 1, not {days}.")
        try:
            loaded = load(self._shipment(fleet), days=days, force=force, say=self.stdout.write)
        except (DemoError, ShipmentError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Demo Energia is loaded." if loaded.created else "Demo Energia is already loaded.")
        self._show_logins(loaded.token)

    def _shipment(self, fleet: Path | None) -> Shipment:
        default = places.VAR / "demo-fleet.json"
        if fleet is None and default.exists():
            update_shipment(default)
        elif fleet is None:
            make_shipment(default, meters=METERS, client_public=public_point())
            self.stdout.write(f"{METERS} simulated meters: {default}")
        return read_shipment(fleet or default)

    def _show_logins(self, token: str) -> None:
        self.stdout.write("Sign in as:")
        for login in LOGINS:
            self.stdout.write(f"  {login.username:<6} {login.password:<14} {login.role}, {login.sees}")
        if token:
            self.stdout.write(f"API token of user {API_USER} (shown only now): {token}")
