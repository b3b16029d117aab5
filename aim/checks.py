"""System checks of the settings: each bad value is named, with what to do."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from aim.env import env


@register()
def settings_fit(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Every environment variable fits its declaration."""
    hint = "docs/reference/settings.md lists the variables and what they take."
    return [Error(f"Environment variable {problem}.", hint=hint, id="aim.E001") for problem in env.problems]
