"""Forms of the pages of files."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from django import forms
from django.conf import settings
from django.core import signing

from access.models import User, Utility
from access.reach import utilities_within
from integration.imports.registry import choices, formats
from integration.models import ColumnMapping, StoredFile
from integration.services.uploads import MAY_STORE
from integration.tables.files import octets

UNDO_WORD = "undo"
_SALT = "integration.kept"
_DAY_S = 86_400


class Given(NamedTuple):
    """A file that is kept, and the name it was given by."""

    file: StoredFile
    name: str


class UploadForm(forms.Form):
    """A file, for whom, in which format. Utilities and mappings are those wholly open to the user.

    `kept` stands for a file that came with an earlier try of the same person, so that nobody uploads twice.
    """

    file = forms.FileField(label="File", required=False)
    kept = forms.CharField(widget=forms.HiddenInput, required=False)
    utility = forms.ModelChoiceField(Utility.objects.none(), label="Utility", empty_label=None)
    format = forms.ChoiceField(label="Format", required=False)
    mapping = forms.ModelChoiceField(
        ColumnMapping.objects.none(), label="Columns", required=False,
        empty_label="Known from the headings, or asked for",
        help_text="For CSV and Excel: which column means what. Other formats say it themselves.",
    )  # fmt: skip
    at_once = forms.BooleanField(
        label="Store without asking when the check finds no error", required=False,
        help_text="Otherwise you see what would change before anything is stored.",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        utilities = utilities_within(user)
        mappings = ColumnMapping.objects.visible_to(user).filter(utility__in=utilities)
        cast("forms.ModelChoiceField[Utility]", self.fields["utility"]).queryset = utilities
        cast("forms.ModelChoiceField[ColumnMapping]", self.fields["mapping"]).queryset = mappings
        cast(forms.ChoiceField, self.fields["format"]).choices = [("", "Recognise it"), *choices()]
        self.fields["utility"].initial = utilities.first()
        file = self.fields["file"]
        file.widget.attrs["accept"] = ",".join(sorted({end for each in formats() for end in each.suffixes}))
        file.help_text = f"Up to {octets(settings.UPLOAD_BYTES)}."

    def clean_kept(self) -> Given | None:
        """The file kept before; an error when the token is not this person's or older than a day."""
        token = self.cleaned_data["kept"]
        if not token:
            return None
        try:
            pk, name, user = signing.loads(token, salt=_SALT, max_age=_DAY_S)
        except signing.BadSignature as error:
            raise forms.ValidationError("Too much time has passed: choose the file again.") from error
        file = StoredFile.objects.filter(pk=pk, removed_at=None).first()
        if file is None or user != self.user.pk:
            raise forms.ValidationError("The file is no longer kept here: choose it again.")
        return Given(file, name)

    def clean_at_once(self) -> bool:
        """Who may not store an import may not have it stored unasked either."""
        wanted = bool(self.cleaned_data["at_once"])
        if wanted and not self.user.has_perm(MAY_STORE):
            raise forms.ValidationError("You may not store imports: leave it to somebody who may.")
        return wanted

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("file") or cleaned.get("kept") or self.errors):
            self.add_error("file", "Choose a file.")
        mapping, utility = cleaned.get("mapping"), cleaned.get("utility")
        if mapping and utility and mapping.utility_id != utility.pk:
            self.add_error("mapping", f"These columns belong to {mapping.utility.name}.")
        return cleaned


def token_of(given: Given, user: User) -> str:
    """Stands for a kept file in a form of this person."""
    return signing.dumps((given.file.pk, given.name, user.pk), salt=_SALT)


class UndoForm(forms.Form):
    """Confirmation of undoing an import."""

    typed = forms.CharField(
        label=f'Type "{UNDO_WORD}" to confirm', widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"]).strip()
        if typed != UNDO_WORD:
            raise forms.ValidationError(f'Type "{UNDO_WORD}" to confirm.')
        return typed
