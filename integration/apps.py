from datetime import timedelta

from django.apps import AppConfig


class IntegrationConfig(AppConfig):
    name = "integration"

    def ready(self) -> None:
        from aim.web import navigation
        from headend.services.duties import register_duty
        from integration import offers
        from integration.exports import formats
        from integration.imports.factory import content as factory
        from integration.imports.masterdata import content as master_data
        from integration.imports.readings import content
        from integration.navigation import ENTRIES
        from integration.services.drafts import drop_old_drafts
        from integration.services.files import drop_old_files
        from integration.work.calling import call_for_waiting

        content.connect()
        master_data.connect()
        factory.connect()
        formats.connect()
        navigation.register(*ENTRIES)
        offers.connect()
        register_duty(call_for_waiting, timedelta(seconds=5))
        register_duty(drop_old_files, timedelta(minutes=10))
        register_duty(drop_old_drafts, timedelta(hours=1))
