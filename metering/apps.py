from django.apps import AppConfig


class MeteringConfig(AppConfig):
    name = "metering"
    verbose_name = "Metering"

    def ready(self) -> None:
        from aim.web import navigation
        from metering import history, search
        from metering.navigation import ENTRIES

        history.register()
        navigation.register(*ENTRIES)
        search.connect()
