"""The forms with which people make a job and steer it."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from access.models import User, Utility
from aim.web.choices import offer
from devices.models import Device
from headend import kinds
from headend.models import Job
from headend.models.job import Priority
from headend.services.jobs import Order
from headend.services.ordering import LONGEST_MIN, order_for
from headend.services.read_now import FEW
from headend.targets import NAMES, Kind, Preview, Target, TargetError, devices_of, named, preview, readable, words

_KINDS = (Kind.GROUP, Kind.AREA, Kind.FEEDER, Kind.REGION, Kind.SERIALS, Kind.FILTER, Kind.ALL)


class TargetForm(forms.Form):
    """Which devices, in the words of people; `target` and `devices` once it is valid."""

    target_kind = forms.ChoiceField(label="Devices", choices=[(kind.value, NAMES[kind]) for kind in _KINDS])
    target_value = forms.CharField(
        label="Which", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Name of the group, feeder or region, code of the area, serial numbers, or the filter as it "
        "stands in the address of the device list.",
    )  # fmt: skip
    target: Target

    def __init__(self, *args: Any, user: User, owner: Utility | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self._owner = user, owner

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        utility = cleaned.get("utility") or self._owner
        if utility is None or "target_kind" not in cleaned or "target_value" not in cleaned:
            return cleaned
        self._owner = utility
        try:
            self.target = named(cleaned["target_kind"], cleaned["target_value"], utility=utility, user=self.user)
        except TargetError as error:
            self.add_error("target_value", str(error))
        return cleaned

    @property
    def owner(self) -> Utility:
        """The utility whose devices are meant."""
        assert self._owner is not None, "asked of a form that is not valid"
        return self._owner

    def devices(self) -> QuerySet[Device]:
        """What is meant and can be read, as far as the person may read it."""
        return readable(devices_of(self.target, utility=self.owner, user=self.user))

    def preview(self) -> Preview:
        return preview(devices_of(self.target, utility=self.owner, user=self.user))

    def words(self) -> str:
        return words(self.target, utility=self.owner)


class NewJobForm(TargetForm):
    """A job as a person orders it."""

    field_order = ("utility", "kind", "target_kind", "target_value", "what", "priority", "minutes", "keep_frames")

    utility = forms.ModelChoiceField(queryset=Utility.objects.none(), label="Utility")
    kind = forms.ChoiceField(label="Reads", choices=kinds.choices, initial=kinds.ON_DEMAND.code)
    what = forms.MultipleChoiceField(
        label="What an on-demand reading reads", choices=list(kinds.WHAT.items()), initial=list(kinds.READ_NOW),
        required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    priority = forms.TypedChoiceField(
        label="Priority", coerce=int, choices=Priority.choices, initial=Priority.BULK.value,
        help_text=f"On demand for {FEW} devices at most.",
    )  # fmt: skip
    minutes = forms.IntegerField(
        label="Give up after (min)", min_value=1, max_value=LONGEST_MIN, initial=60, help_text="At most a week."
    )
    keep_frames = forms.BooleanField(
        label="Keep the frames", required=False,
        help_text="What goes over the lines is kept for some days, for looking into what went wrong.",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        offer(self.fields["utility"], Utility.objects.visible_to(user))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("kind") == kinds.ON_DEMAND.code and not cleaned.get("what"):
            self.add_error("what", "Say what is to be read.")
        if not self.errors and cleaned["priority"] >= Priority.ON_DEMAND and self.devices().count() > FEW:
            self.add_error("priority", f"No more than {FEW} devices are read on demand at once.")
        return cleaned

    def order(self) -> Order:
        """What the valid form asks for."""
        asked = self.cleaned_data
        return order_for(
            utility=self.owner, kind=asked["kind"], target=self.target, what=asked["what"],
            priority=Priority(asked["priority"]), minutes=asked["minutes"], keep_frames=asked["keep_frames"],
        )  # fmt: skip


class ChangeForm(forms.Form):
    """How urgent what still waits is, and how much time it has from now on (empty: as it is)."""

    priority = forms.TypedChoiceField(label="Priority", coerce=int, choices=Priority.choices)
    minutes = forms.IntegerField(
        label="Give up so many minutes from now", required=False, min_value=1, max_value=LONGEST_MIN,
        help_text="At most a week; empty: as it is.",
    )  # fmt: skip

    @classmethod
    def of(cls, job: Job) -> "ChangeForm":
        return cls(initial={"priority": job.priority})
