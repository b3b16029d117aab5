"""Declared parameters as fields of a form, and what was typed as a rule keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from validation.parameters import LONGEST_TEXT, Kind, Parameter, ParameterError, Quantity

_UNITS = {Kind.PERCENT: "In per cent.", Kind.MINUTES: "In minutes.", Kind.QUANTITY: "A number and a unit."}


def field_for(parameter: Parameter, *, required: bool = True) -> forms.Field:
    """The field a parameter is asked for in; what is typed is judged by the parameter itself."""
    asked: dict[str, Any] = {"label": parameter.label, "required": False, "help_text": _help(parameter, required)}
    match parameter.kind:
        case Kind.FLAG:
            return forms.BooleanField(**asked, initial=bool(parameter.default))
        case Kind.CHOICE:
            return forms.ChoiceField(**asked, choices=parameter.choices, initial=parameter.default)
        case Kind.FORMULA:
            area = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mono"})
            return forms.CharField(**asked, max_length=LONGEST_TEXT, widget=area, strip=False)
        case _:
            return forms.CharField(**asked, max_length=40, initial=parameter.default)


def _help(parameter: Parameter, required: bool) -> str:
    bounds = ""
    if parameter.low is not None and parameter.high is not None:
        bounds = f"From {parameter.low} to {parameter.high}."
    empty = "May stay empty." if parameter.optional and required else ""
    return " ".join(part for part in (parameter.help, _UNITS.get(parameter.kind, ""), bounds, empty) if part)


def add_fields(form: forms.Form, declared: Sequence[Parameter], prefix: str, stored: Mapping[str, Any]) -> None:
    """Add a field for each parameter, named `prefix` and its name, begun with what is `stored`."""
    for parameter in declared:
        field = form.fields[prefix + parameter.name] = field_for(parameter)
        if parameter.name in stored:
            field.initial = stored[parameter.name]


def read_fields(form: forms.Form, declared: Sequence[Parameter], prefix: str) -> dict[str, Any]:
    """What was typed, as a rule keeps it; a wrong one puts its error on its field."""
    kept: dict[str, Any] = {}
    for parameter in declared:
        try:
            value = parameter.read(form.cleaned_data.get(prefix + parameter.name))
        except ParameterError as error:
            form.add_error(prefix + parameter.name, str(error))
        else:
            if value is not None:
                kept[parameter.name] = as_json(value)
    return kept


def as_json(value: object) -> object:
    """A value of a parameter as JSON keeps it, exactly."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else f"{value.normalize():f}"
    return str(value) if isinstance(value, Quantity) else value
