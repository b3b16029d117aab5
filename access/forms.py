"""Forms of the admin: what is opened to a user, and new API tokens."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.contrib.auth.forms import UserChangeForm
from django.utils import timezone

from access.models import ApiToken, Segment, User, Utility
from access.services.grants import opened_segments, opened_utilities


class UserForm(UserChangeForm):  # type: ignore[type-arg]
    """A user with the utilities and segments opened to them."""

    utilities = forms.ModelMultipleChoiceField(
        Utility.objects.none(), required=False, help_text="All data of these utilities.",
        widget=FilteredSelectMultiple("utilities", is_stacked=False),
    )  # fmt: skip
    segments = forms.ModelMultipleChoiceField(
        Segment.objects.none(), required=False, help_text="Only these parts of a utility's data.",
        widget=FilteredSelectMultiple("segments", is_stacked=False),
    )  # fmt: skip

    class Meta(UserChangeForm.Meta):
        model = User
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("utilities", Utility.objects.all(), opened_utilities(self.instance))
        self._offer("segments", Segment.objects.select_related("utility"), opened_segments(self.instance))

    def _offer(self, name: str, rows: Any, opened: Iterable[Any]) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = rows
            self.initial[name] = [row.pk for row in opened]


class ApiTokenForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new token; its text is made when it is saved."""

    class Meta:
        model = ApiToken
        fields = ("user", "name", "expires_at")

    def clean_expires_at(self) -> Any:
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            raise forms.ValidationError("Choose an instant in the future, or leave it empty.")
        return expires_at
