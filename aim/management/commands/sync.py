from typing import Any

from django.core.management.base import BaseCommand

from access.models import Utility
from access.roles import ADMINISTRATOR, ROLES, sync_roles
from access.services.utilities import set_up
from devices.descriptions import register_models
from metering.services.properties import register_properties


class Command(BaseCommand):
    help = "Bring what comes with the product up to date with this release, for all utilities too. Run after migrate."

    def handle(self, *args: Any, **options: Any) -> None:
        sync_roles()
        self.stdout.write(f"Roles: {', '.join([*ROLES, ADMINISTRATOR])}")
        self.stdout.write(f"Measured properties: {register_properties()}")
        self.stdout.write(f"Device models: {', '.join(str(model) for model in register_models())}")
        utilities = list(Utility.objects.order_by("code"))
        for utility in utilities:
            set_up(utility)
        self.stdout.write(f"Utilities: {', '.join(utility.code for utility in utilities) or 'none yet'}")
