from django.apps import AppConfig


class ValidationConfig(AppConfig):
    name = "validation"

    def ready(self) -> None:
        from aim.web import navigation
        from validation import history
        from validation.navigation import ENTRIES

        history.register()
        navigation.register(*ENTRIES)
