from django.apps import AppConfig


class HeadendConfig(AppConfig):
    name = "headend"

    def ready(self) -> None:
        from aim.web import navigation
        from headend import history, panels
        from headend.navigation import ENTRIES

        history.register()
        navigation.register(*ENTRIES)
        panels.connect()
