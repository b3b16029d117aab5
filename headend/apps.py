from django.apps import AppConfig


class HeadendConfig(AppConfig):
    name = "headend"

    def ready(self) -> None:
        from aim.web import navigation
        from events import duties
        from headend import history, panels
        from headend.navigation import ENTRIES
        from headend.services.aside import Aside
        from headend.services.duties import register_duty

        history.register()
        navigation.register(*ENTRIES)
        panels.connect()
        for act, every in duties.QUICK:
            register_duty(act, every)
        for act, every in duties.LONG:
            register_duty(Aside(act).__call__, every)
