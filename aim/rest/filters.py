"""Filters the resources share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django_filters import filters
from rest_framework import serializers

from aim.rest.fields import parse_instant

_MAX_ID = 2**63 - 1


class IdFormField(forms.IntegerField):
    """A whole number the database can hold as an id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": _MAX_ID, **kwargs})


class IdFilter(filters.NumberFilter):
    """Rows that point to the row with this id."""

    field_class: Any = IdFormField

    def __init__(self, field_name: str | None = None, **options: Any) -> None:
        super().__init__(field_name, **options)

    def get_max_validator(self) -> None:
        """None: the form field itself knows its bounds."""


class InstantFormField(forms.CharField):
    """An ISO 8601 instant with its offset."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return parse_instant(text) if text else None
        except serializers.ValidationError as error:
            raise ValidationError([str(sentence) for sentence in error.detail]) from error


class InstantFilter(filters.IsoDateTimeFilter):
    """Compares with an instant; one without offset is refused rather than guessed."""

    field_class: Any = InstantFormField

    def __init__(self, field_name: str | None = None, **options: Any) -> None:
        super().__init__(field_name, **options)


class TrueFalseFormField(forms.CharField):
    """`true` or `false`, and nothing else."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text not in ("", "true", "false"):
            raise ValidationError("Say true or false.")
        return text == "true" if text else None


class TrueFalseFilter(filters.BooleanFilter):
    """Whether something holds; any word but true and false is refused rather than ignored."""

    field_class: Any = TrueFalseFormField
