from typing import Any

from django.core.management.base import BaseCommand

from access.roles import ADMINISTRATOR, ROLES, sync_roles
from devices.descriptions import register_models
from metering.services.properties import register_properties


class Command(BaseCommand):
    help = "Bring roles, measured properties and device models up to date with this release. Run after migrate."

    def handle(self, *args: Any, **options: Any) -> None:
        sync_roles()
        self.stdout.write(f"Roles: {', '.join([*ROLES, ADMINISTRATOR])}")
        self.stdout.write(f"Measured properties: {register_properties()}")
        self.stdout.write(f"Device models: {', '.join(str(model) for model in register_models())}")
