"""`manage.py settings_reference`: the page docs/reference/settings.md."""

from typing import Any

from django.core.management.base import BaseCommand

from aim import places, reference
from aim.env import env


class Command(BaseCommand):
    """Writes the reference of the settings."""

    help = "Write docs/reference/settings.md from the declarations in the code."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write the page and say where."""
        reference.write(env.settings)
        self.stdout.write(f"{reference.PATH.relative_to(places.BASE)}: {len(env.settings)} settings")
