from django.apps import AppConfig


class HeadendConfig(AppConfig):
    name = "headend"
