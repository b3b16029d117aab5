"""Forms of alarm rules and announced outages."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import validate_email
from django.db.models import QuerySet

from access.models import User, Utility
from devices.models import DeviceGroup
from events.catalogue import CATALOGUE
from events.filters import CATEGORIES
from events.models import AlarmRule, PlannedOutage
from events.models.rule import MOST_RECEIVERS
from events.webhook import WebhookError, check_url
from metering.models import TransformerArea

if TYPE_CHECKING:
    _RuleForm = forms.ModelForm[AlarmRule]
    _PlannedForm = forms.ModelForm[PlannedOutage]
else:  # Django's forms take no type argument at run time.
    _RuleForm = _PlannedForm = forms.ModelForm

_NOW = "%Y-%m-%dT%H:%M"


class LinesField(forms.CharField):
    """E-mail addresses, one a line or with commas between; at most `MOST_RECEIVERS`."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        addresses = list(dict.fromkeys(super().clean(value).replace(",", " ").replace(";", " ").split()))
        if len(addresses) > MOST_RECEIVERS:
            raise forms.ValidationError(f"At most {MOST_RECEIVERS} addresses; a mailing list reaches more.")
        for address in addresses:
            validate_email(address)
        return addresses


def _categories() -> list[tuple[str, str]]:
    return [(name, "M-Bus" if name == "m_bus" else name.capitalize()) for name in CATEGORIES]


def _kinds() -> list[tuple[str, str]]:
    told = [("area_outage", "Outage of a transformer area"), *((key, entry.text) for key, entry in CATALOGUE.items())]
    return sorted(told, key=lambda choice: choice[1])


class RuleForm(_RuleForm):
    """A rule of one of the utilities open to the user."""

    categories = forms.MultipleChoiceField(
        choices=_categories, required=False, help_text="None chosen: all.", widget=forms.SelectMultiple({"size": 5})
    )
    kinds = forms.MultipleChoiceField(
        choices=_kinds, required=False, label="Events", help_text="None chosen: all of the categories.",
        widget=forms.SelectMultiple({"size": 8}),
    )  # fmt: skip
    emails = LinesField(required=False, label="E-mail to", help_text="One address a line.", max_length=4000)

    webhook_url = forms.URLField(
        required=False, label="Webhook", assume_scheme="https", max_length=500,
        help_text="Alarms are posted to it as JSON, signed with a secret that is shown once.",
    )  # fmt: skip

    class Meta:
        model = AlarmRule
        fields = (
            "utility", "name", "enabled", "severity_from", "categories", "kinds", "area", "group", "quiet_from",
            "quiet_to", "most_per_hour", "emails", "webhook_url",
        )  # fmt: skip
        widgets = {
            "quiet_from": forms.TimeInput({"type": "time"}, "%H:%M"),
            "quiet_to": forms.TimeInput({"type": "time"}, "%H:%M"),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        utilities = Utility.objects.visible_to(user)
        open_rows = {"utility": utilities, "area": _areas(user), "group": DeviceGroup.objects.visible_to(user)}
        for name, rows in open_rows.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["utility"].initial = utilities.first()
        self.fields["utility"].disabled = self.instance.pk is not None

    def clean_webhook_url(self) -> str:
        url = str(self.cleaned_data["webhook_url"])
        try:
            if url:
                check_url(url)
        except WebhookError as error:
            raise forms.ValidationError(str(error)) from error
        return url


class PlannedOutageForm(_PlannedForm):
    """Work that was announced for a transformer area; times in the zone of the user."""

    starts_at = forms.DateTimeField(label="From", widget=forms.DateTimeInput({"type": "datetime-local"}, _NOW))
    ends_at = forms.DateTimeField(label="To", widget=forms.DateTimeInput({"type": "datetime-local"}, _NOW))

    class Meta:
        model = PlannedOutage
        fields = ("area", "starts_at", "ends_at", "reason")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = _areas(user)  # type: ignore[attr-defined]


def _areas(user: User) -> QuerySet[TransformerArea]:
    rows: QuerySet[TransformerArea] = TransformerArea.objects.visible_to(user)
    return rows
