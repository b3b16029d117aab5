"""How a stretch of values is to be changed: one form per method."""

from abc import ABCMeta, abstractmethod
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import numpy as np
from django import forms
from django.forms.forms import DeclarativeFieldsMetaclass

from metering.display import shown_exponent, shown_unit
from metering.forms.fields import FactorField, ValueField
from metering.models import Series
from metering.services.editing import Change, DecimalSign, methods, write_value
from metering.services.editing.clock_rules import copy_rules
from metering.services.editing.slots import Bools
from metering.services.editing.target import Target


class _Metaclass(ABCMeta, DeclarativeFieldsMetaclass):
    """Of forms with abstract methods."""


class MethodForm(forms.Form, metaclass=_Metaclass):
    """How the values of `target` are changed. `propose` gives the change, or MethodError says why there is none.

    `basis`: whether the result depends on all values of the stretch, not only on those it changes.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    about: ClassVar[str]
    basis: ClassVar[bool] = False
    defaults: ClassVar[dict[str, str]] = {}
    use_required_attribute = False

    def __init__(self, data: Any, *, target: Target, sign: DecimalSign) -> None:
        super().__init__(data, auto_id="%s")
        self.target, self.sign = target, sign
        for field in self.fields.values():
            if isinstance(field, ValueField):
                field.exponent, field.sign = shown_exponent(target.series), sign

    @classmethod
    def fits(cls, series: Series) -> bool:
        """Whether the method means anything for values of this series."""
        return True

    @abstractmethod
    def propose(self) -> Change:
        """The change asked for, once the form is valid."""

    @property
    def rules(self) -> list[str]:
        """What the reader should know about how the values come about."""
        return []

    @property
    def words(self) -> str:
        """What is done, for the audit trail."""
        return self.name


class Interpolate(MethodForm):
    name, label, about = "interpolate", "Interpolate", "Straight lines between the neighbours."
    basis = True
    defaults: ClassVar[dict[str, str]] = {"which": "missing"}
    which = forms.ChoiceField(
        label="Values to replace",
        choices=[("missing", "missing ones"), ("doubtful", "missing, suspect and estimated ones"), ("all", "all")],
    )
    total = ValueField(label="Total of the stretch", required=False, help_text="Empty: what the lines give.")

    def __init__(self, data: Any, *, target: Target, sign: DecimalSign) -> None:
        super().__init__(data, target=target, sign=sign)
        _offer_total(self)

    def propose(self) -> Change:
        asked = self.cleaned_data
        return methods.interpolate(self.target.before, self.target.around, self._replaced(), asked.get("total"))

    @property
    def rules(self) -> list[str]:
        rules = ["A neighbour counts up to seven days away; where one side has none, the other's value goes on."]
        if self.cleaned_data.get("total") is not None:
            rules.append("The values add up to the total to the last digit: remainders go to the largest fractions.")
        return rules

    def _replaced(self) -> Bools:
        before, which = self.target.before, self.cleaned_data["which"]
        if which == "all":
            return np.ones(len(before), np.bool_)
        replaced: Bools = ~before.present | before.doubtful if which == "doubtful" else ~before.present
        return replaced


def _offer_total(form: MethodForm) -> None:
    """Only consumption has a total; what the registers say of it is offered."""
    series, difference = form.target.series, form.target.difference
    if series.kind != Series.Kind.CONSUMPTION:
        del form.fields["total"]
    elif difference:
        text = write_value(difference.total, shown_exponent(series), form.sign)
        form.fields["total"].help_text = f"The registers say {text} {shown_unit(series)}."


class Copy(MethodForm):
    name, label, about = "copy", "Copy", "The values of other days, at the same time of day."
    day = forms.DateField(label="From the day", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    @classmethod
    def fits(cls, series: Series) -> bool:
        return series.is_profile

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not 1990 <= day.year <= 2099:
            raise forms.ValidationError("Choose a day between 1990 and 2099.")
        return day

    def propose(self) -> Change:
        return methods.copy(self.target.before, self.target.source(self.cleaned_data["day"]))

    @property
    def rules(self) -> list[str]:
        return copy_rules(self.target, self.cleaned_data["day"])

    @property
    def words(self) -> str:
        return f"copy from {self.cleaned_data['day']}"


class Constant(MethodForm):
    name, label, about = "constant", "Set", "One value for every interval."
    value = ValueField(label="Value")

    def propose(self) -> Change:
        return methods.constant(self.target.before, self.cleaned_data["value"])


class Scale(MethodForm):
    name, label, about = "scale", "Scale", "Every value in proportion."
    basis = True
    factor = FactorField(label="By the factor", required=False)
    total = ValueField(label="or to the total", required=False)

    def __init__(self, data: Any, *, target: Target, sign: DecimalSign) -> None:
        super().__init__(data, target=target, sign=sign)
        _offer_total(self)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        given = [name for name in ("factor", "total") if asked.get(name) is not None]
        if not self.errors and len(given) != 1:
            raise forms.ValidationError("Give either a factor or a total.")
        return asked

    def propose(self) -> Change:
        factor, before = self.cleaned_data["factor"], self.target.before
        if factor is not None:
            return methods.scale(before, factor)
        return methods.scale_to(before, self.cleaned_data["total"])

    @property
    def rules(self) -> list[str]:
        return ["Rounded values add up to the rounded total: remainders go to the largest fractions."]


class Delete(MethodForm):
    name, label, about = "delete", "Delete", "No values any more; the former ones stay as versions."

    def propose(self) -> Change:
        return methods.delete(self.target.before)


class Accept(MethodForm):
    name, label, about = "accept", "Accept", "Suspect and estimated values are declared right as they are."

    def propose(self) -> Change:
        return methods.accept(self.target.before)


class Restore(MethodForm):
    name, label, about = "restore", "Put back", "The values as they were stored at an earlier instant."
    as_of = forms.CharField(label="As stored at", max_length=40, help_text="Such as 2026-11-20 14:15, local time.")

    def clean_as_of(self) -> datetime:
        try:
            instant = datetime.fromisoformat(self.cleaned_data["as_of"])
        except ValueError:
            raise forms.ValidationError("Write a date and time as 2026-11-20 14:15.") from None
        local = instant if instant.tzinfo else instant.replace(tzinfo=self.target.zone)
        return local.astimezone(UTC)

    def propose(self) -> Change:
        then, now = self.target.at(self.cleaned_data["as_of"]), self.target.before
        return Change(then.values, then.quality, then.differs_from(now))

    @property
    def words(self) -> str:
        return f"restore the state of {self.cleaned_data['as_of']:%Y-%m-%dT%H:%M:%S.%fZ}"


METHODS: tuple[type[MethodForm], ...] = (Interpolate, Copy, Constant, Scale, Delete, Accept, Restore)
