from datetime import timedelta

from django.apps import AppConfig


class IntegrationConfig(AppConfig):
    name = "integration"

    def ready(self) -> None:
        from headend.services.duties import register_duty
        from integration.imports.calling import call_for_waiting
        from integration.imports.readings import content
        from integration.services.files import drop_old_files

        content.connect()
        register_duty(call_for_waiting, timedelta(seconds=5))
        register_duty(drop_old_files, timedelta(minutes=10))
