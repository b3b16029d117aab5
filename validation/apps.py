from datetime import timedelta

from django.apps import AppConfig


class ValidationConfig(AppConfig):
    name = "validation"

    def ready(self) -> None:

        from access.services import utilities
        from aim.web import navigation
        from devices.services import groups
        from events.services.examine import on_outages
        from headend.services.duties import register_duty
        from metering.store import on_stored
        from validation import history, offers, panels, reread_kind
        from validation.calling import call_workers
        from validation.navigation import ENTRIES
        from validation.queue import note_changes, note_outages
        from validation.services import closing
        from validation.services.assigning import aimed_at
        from validation.services.daily import plan_daily
        from validation.services.rereading import give_back
        from validation.services.shipped import sync_shipped

        history.register()
        navigation.register(*ENTRIES)
        on_stored.register(note_changes)
        on_outages.append(note_outages)
        utilities.on_made.append(sync_shipped)
        groups.uses.append(aimed_at)
        register_duty(call_workers, timedelta(seconds=1))
        register_duty(plan_daily, timedelta(minutes=5))
        panels.connect()
        offers.connect()
        reread_kind.connect()
        closing.connect()
        register_duty(give_back, timedelta(minutes=1))
