"""Fields for numbers as people type them: in the shown unit, with the decimal sign of the page."""

from fractions import Fraction
from typing import Any

from django import forms

from metering.services.editing import DecimalSign, NumberError, parse_value
from metering.services.editing.decimals import parse_number
from metering.store import NO_VALUE

LARGEST_FACTOR = 1_000_000


class NumberInput(forms.TextInput):
    def __init__(self) -> None:
        super().__init__(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 40})


class ValueField(forms.CharField):
    """A number in the shown unit; becomes an integer of the series, None where left empty."""

    widget = NumberInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.exponent, self.sign = 0, DecimalSign.POINT

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            number = parse_value(text, self.exponent, self.sign)
        except NumberError as error:
            raise forms.ValidationError(str(error)) from None
        return None if number == NO_VALUE else number


class FactorField(ValueField):
    """A plain number, as an exact fraction."""

    def clean(self, value: Any) -> Any:
        text = forms.CharField.clean(self, value)
        try:
            number = parse_number(text, self.sign)
        except NumberError as error:
            raise forms.ValidationError(str(error)) from None
        if number is not None and abs(number) > LARGEST_FACTOR:
            raise forms.ValidationError(f"A factor is at most {LARGEST_FACTOR}.")
        return None if number is None else Fraction(number)
