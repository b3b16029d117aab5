from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from aim.web import navigation
        from events import panels
        from events.navigation import ENTRIES

        navigation.register(*ENTRIES)
        panels.connect()
