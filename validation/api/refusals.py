"""Why something is refused, beyond what is wrong with a field; and what is, of forms and models, by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers, status
from rest_framework.exceptions import APIException

from aim.rest.problems import CONTENT_TYPE, Problem


class Conflict(APIException):
    """409: the row is in no state for that, or is needed elsewhere."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


_NOT_NOW = OpenApiResponse(Problem, description="Not as things stand; `detail` says why.")
CONFLICT: dict[Any, OpenApiResponse] = {(409, CONTENT_TYPE): _NOT_NOW}


@contextmanager
def conflicts(refused: type[Exception]) -> Iterator[None]:
    """What a service refuses becomes a 409 in its words."""
    try:
        yield
    except refused as error:
        raise Conflict(str(error)) from error


@contextmanager
def fields_told() -> Iterator[None]:
    """What a model finds wrong becomes an answer by field (400)."""
    try:
        yield
    except ValidationError as error:
        raise serializers.ValidationError(_by_field(error.message_dict)) from error


def check_form(form: BaseForm) -> None:
    """The answer by field (400) where a form is not valid."""
    if not form.is_valid():
        raise serializers.ValidationError(_by_field(form.errors))


def _by_field(errors: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        "non_field_errors" if name == NON_FIELD_ERRORS else name: [str(message) for message in messages]
        for name, messages in errors.items()
    }
