from django.apps import AppConfig


class DevicesConfig(AppConfig):
    name = "devices"

    def ready(self) -> None:
        from aim.web import navigation
        from devices import at_points, checks, history, search  # noqa: F401
        from devices.navigation import ENTRIES

        history.register()
        navigation.register(*ENTRIES)
        search.connect()
        at_points.connect()
