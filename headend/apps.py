from django.apps import AppConfig


class HeadendConfig(AppConfig):
    name = "headend"

    def ready(self) -> None:
        from prometheus_client import REGISTRY

        from aim.web import navigation
        from devices.keystore import resealing
        from devices.services import groups
        from events import duties
        from headend import clock_panel, history, meter_list_panels, network_panel, panels
        from headend.checks import register_checks
        from headend.navigation import ENTRIES
        from headend.permits import overview
        from headend.services.aside import Aside
        from headend.services.duties import register_duty
        from headend.services.frames import SEALED
        from headend.services.schedule_changes import aimed_at

        register_checks()
        history.register()
        navigation.register(*ENTRIES)
        panels.connect()
        clock_panel.connect()
        meter_list_panels.connect()
        network_panel.connect()
        overview.register(REGISTRY)
        resealing.cover(SEALED)
        groups.uses.append(aimed_at)
        for act, every in duties.QUICK:
            register_duty(act, every)
        for act, every in duties.LONG:
            register_duty(Aside(act).__call__, every)
