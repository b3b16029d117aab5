from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "access"

    def ready(self) -> None:
        from access import history, scope, sign_in
        from aim.web import scope as shell

        history.register()
        sign_in.connect()
        shell.register(scope.scope)
