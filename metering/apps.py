from django.apps import AppConfig


class MeteringConfig(AppConfig):
    name = "metering"
    verbose_name = "Metering"

    def ready(self) -> None:
        from aim.web import navigation
        from metering import search, trail
        from metering.navigation import ENTRIES

        navigation.register(*ENTRIES)
        search.connect()
        trail.connect()
