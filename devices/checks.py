"""System checks of the description files: each that cannot be used is named before a device of it is read."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from devices.descriptions import DescriptionError, codes, description


@register()
def descriptions_fit(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:
    """Every description file can be read and says nothing impossible."""
    hint = "docs/reference/device-model.md says what each field takes."
    return [Error(problem, hint=hint, id="devices.E001") for problem in map(_problem, codes()) if problem]


def _problem(code: str) -> str:
    try:
        description(code)
    except DescriptionError as error:
        return str(error)
    return ""
