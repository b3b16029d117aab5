"""Naming a rule set, and naming the copy of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from access.models import User
from aim.web.choices import offer
from validation.models import RuleSet
from validation.reach import whole_utilities
from validation.services.copying import free_code

if TYPE_CHECKING:
    _RuleSetForm = forms.ModelForm[RuleSet]
else:  # Django's forms take no type argument at run time.
    _RuleSetForm = forms.ModelForm


class RuleSetForm(_RuleSetForm):
    """Name, description, kind and utility; of a set there is, only name and description."""

    class Meta:
        model = RuleSet
        fields = ("utility", "name", "description", "kind", "compatible")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("utility", "kind", "compatible"):
                del self.fields[name]
        else:
            offer(self.fields["utility"], whole_utilities(user))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.instance.pk and cleaned.get("name") and cleaned.get("utility"):
            self.instance.code = free_code(cleaned["utility"], cleaned["name"])
        return cleaned


class CopyForm(forms.Form):
    """What the copy of a set is to be called."""

    name = forms.CharField(max_length=80, label="Name of the copy")

    def __init__(self, *args: Any, rule_set: RuleSet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule_set = rule_set
        self.fields["name"].initial = f"{rule_set.name}, our own"[:80]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if RuleSet.objects.filter(utility=self.rule_set.utility_id, name=name).exists():
            raise ValidationError("There is a set of this name already.")
        return name
