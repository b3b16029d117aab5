from django.apps import AppConfig


class HeadendConfig(AppConfig):
    name = "headend"

    def ready(self) -> None:
        from headend import history

        history.register()
