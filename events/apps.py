from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from aim.web import navigation
        from devices.keystore import resealing
        from events import panels
        from events.navigation import ENTRIES
        from events.secrets import SEALED

        navigation.register(*ENTRIES)
        resealing.cover(SEALED)
        panels.connect()
