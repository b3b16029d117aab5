from typing import Any

from django.core.management.base import BaseCommand

from access.roles import ADMINISTRATOR, ROLES, sync_roles


class Command(BaseCommand):
    help = "Create or update the role groups (run after migrate)."

    def handle(self, *args: Any, **options: Any) -> None:
        sync_roles()
        self.stdout.write(f"Roles: {', '.join([*ROLES, ADMINISTRATOR])}")
