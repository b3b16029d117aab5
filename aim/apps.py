"""The project as a Django app: management commands, template tags and system checks."""

from django.apps import AppConfig


class AimConfig(AppConfig):
    """Configures the `aim` app."""

    name = "aim"
    verbose_name = "OpenAIM"

    def ready(self) -> None:
        """Register the system checks, and make our Celery app the one that tasks sent from here belong to."""
        from aim import celery, checks  # noqa: F401
