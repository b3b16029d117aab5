"""One step of estimating: its parameters."""

from __future__ import annotations

from typing import Any

from django import forms

from validation.estimation import STEPS
from validation.forms.parameters import add_fields, read_fields

_PREFIX = "p_"


class StepForm(forms.Form):
    """The parameters of the step `code`; `step` as a rule set keeps it once the form is valid."""

    step: dict[str, Any]

    def __init__(self, *args: Any, code: str, stored: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code, self.info = code, STEPS[code]
        add_fields(self, self.info.parameters, _PREFIX, stored or {})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        told = read_fields(self, self.info.parameters, _PREFIX)
        self.step = {"method": self.code} | ({"parameters": told} if told else {})
        return cleaned
