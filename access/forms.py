"""Forms of the admin: users with what is opened to them, and new API tokens."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.utils import timezone

from access.models import ApiToken, Segment, User, Utility
from access.reach import segments_within, utilities_within
from access.services.grants import opened_segments, opened_utilities


class OpenedData(forms.ModelForm):  # type: ignore[type-arg]
    """The utilities and segments opened to a user, of those `editor` may open."""

    editor: ClassVar[User]
    """Who fills the form in; the admin makes a class of its own for every request (`for_editor`)."""

    utilities = forms.ModelMultipleChoiceField(
        Utility.objects.none(), required=False, help_text="All data of these utilities.",
        widget=FilteredSelectMultiple("utilities", is_stacked=False),
    )  # fmt: skip
    segments = forms.ModelMultipleChoiceField(
        Segment.objects.none(), required=False, help_text="Only these parts of a utility's data.",
        widget=FilteredSelectMultiple("segments", is_stacked=False),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.instance.pk is not None
        self._offer("utilities", utilities_within(self.editor), opened_utilities(self.instance) if known else ())
        self._offer("segments", segments_within(self.editor), opened_segments(self.instance) if known else ())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not (self.editor.is_superuser or cleaned.get("utilities") or cleaned.get("segments")):
            raise forms.ValidationError("Open a utility or a segment: you look after users of your own data only.")
        return cleaned

    def _offer(self, name: str, rows: Any, opened: Iterable[Any]) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = rows
            self.initial[name] = [row.pk for row in opened]


class UserForm(OpenedData, UserChangeForm):  # type: ignore[type-arg]
    """A user as they are, with what is opened to them."""

    class Meta(UserChangeForm.Meta):
        model = User


class NewUserForm(OpenedData, AdminUserCreationForm):  # type: ignore[type-arg]
    """A new user: name, password, and what is opened to them."""

    class Meta(AdminUserCreationForm.Meta):
        model = User


def for_editor(form: type[OpenedData], editor: User) -> type[OpenedData]:
    """`form` as `editor` may fill it in."""
    return type(form.__name__, (form,), {"editor": editor})


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
