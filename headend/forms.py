"""Forms of the head-end pages and its admin."""

from typing import TYPE_CHECKING, Any

from django import forms

from headend import causes, kinds
from headend.models import RetryRule, Schedule

if TYPE_CHECKING:
    _ScheduleForm = forms.ModelForm[Schedule]
    _RetryRuleForm = forms.ModelForm[RetryRule]
else:  # Django's forms take no type argument at run time.
    _ScheduleForm = forms.ModelForm
    _RetryRuleForm = forms.ModelForm

TYPED_FROM = 100
WORD = "cancel"


class CancelForm(forms.Form):
    """Confirmation of cancelling a job; when more than `TYPED_FROM` devices wait, the word must be typed."""

    typed = forms.CharField(label=f'Type "{WORD}" to confirm', required=False)

    def __init__(self, *args: Any, waiting: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed"].widget.attrs["autocomplete"] = "off"
        self.must_type = waiting > TYPED_FROM
        if not self.must_type:
            del self.fields["typed"]

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"]).strip()
        if typed != WORD:
            raise forms.ValidationError(f'Type "{WORD}" to confirm.')
        return typed


class ScheduleForm(_ScheduleForm):
    """A schedule in the admin; what it repeats is chosen among the kinds of job there are."""

    kind = forms.ChoiceField(choices=kinds.choices)

    class Meta:
        model = Schedule
        fields = "__all__"


class RetryRuleForm(_RetryRuleForm):
    """A retry rule in the admin; its cause is chosen among those a session can end with."""

    cause = forms.ChoiceField(choices=[(code, f"{rule.text} ({code})") for code, rule in causes.RULES.items()])

    class Meta:
        model = RetryRule
        fields = "__all__"
