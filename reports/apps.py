from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from aim.web import navigation
        from reports.navigation import ENTRIES

        navigation.register(*ENTRIES)
