"""Forms of the admin: what is opened to a user, and new API tokens."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.contrib.auth.forms import UserChangeForm
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user

from access.models import ApiToken, Segment, User, Utility


class UserForm(UserChangeForm[User]):
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


def opened_utilities(user: User) -> list[Utility]:
    """Utilities opened to the user in person, not through a role."""
    return list(
        get_objects_for_user(
            user, "access_utility", Utility, use_groups=False, with_superuser=False, accept_global_perms=False
        )
    )


def opened_segments(user: User) -> list[Segment]:
    """Segments opened to the user in person, not through a role."""
    return list(
        get_objects_for_user(
            user, "access_segment", Segment, use_groups=False, with_superuser=False, accept_global_perms=False
        )
    )


class ApiTokenForm(forms.ModelForm[ApiToken]):
    """A new token; its text is made when it is saved."""

    class Meta:
        model = ApiToken
        fields = ("user", "name", "expires_at")

    def clean_expires_at(self) -> Any:
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            raise forms.ValidationError("Choose an instant in the future, or leave it empty.")
        return expires_at
