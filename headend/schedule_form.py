"""The form of a schedule: what is read of which devices, when, and what happens to runs that were missed."""

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from access.models import User, Utility
from aim.web.choices import offer
from devices.models import DeviceGroup
from headend import kinds
from headend.models import Schedule
from headend.rhythm_texts import WEEKDAYS
from headend.rhythms import LAST, Rhythm
from headend.schedule_fields import BlackoutsField, MinuteField
from headend.targets import NAMES, Kind, Target, TargetError, check, target_from

if TYPE_CHECKING:
    _Form = forms.ModelForm[Schedule]
else:  # Django's forms take no type argument at run time.
    _Form = forms.ModelForm

TIMING = ("utility", "rhythm", "every_min", "offset_min", "at_minute", "weekdays", "month_day", "nth", "once_at",
          "blackouts", "window_min")  # fmt: skip
"""The fields the picture of the coming week is drawn from."""
_TARGETS = (Kind.ALL, Kind.GROUP, Kind.AREA, Kind.FEEDER, Kind.REGION, Kind.SERIALS)
_DAYS = [(n, f"Day {n}" if n < 29 else f"Day {n}, or the last day") for n in range(1, 31)] + [(31, "The last day")]
_DEFAULTS = {"every_min": 15, "catch_up_most": 3, "month_day": 1, "nth": 1}
"""Of fields that may stay empty where the rhythm does not need them."""
_NTH = [(1, "First"), (2, "Second"), (3, "Third"), (4, "Fourth"), (LAST, "Last")]


class ScheduleForm(_Form):
    """A schedule as people make it; its times are those of its utility."""

    kind = forms.ChoiceField(label="Reads", choices=kinds.choices)
    target_kind = forms.ChoiceField(label="Devices", choices=[(each.value, NAMES[each]) for each in _TARGETS])
    target_value = forms.CharField(
        label="Which", required=False, max_length=20_000,
        help_text="Name of the group, feeder or region, code of the area, or serial numbers.",
    )  # fmt: skip
    offset_min = forms.IntegerField(label="Minutes past", required=False, min_value=0, max_value=1439)
    at_minute = MinuteField(label="At", required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label="On", required=False, coerce=int, choices=list(enumerate(WEEKDAYS)), widget=forms.CheckboxSelectMultiple
    )
    month_day = forms.TypedChoiceField(label="Day of the month", coerce=int, choices=_DAYS, required=False)
    nth = forms.TypedChoiceField(label="Which in the month", coerce=int, choices=_NTH, required=False)
    once_at: Any = forms.DateField(
        label="On the day", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    blackouts = BlackoutsField(
        label="Blackouts",
        help_text="Times in which nothing is begun, one to a line: “Mon-Fri 07:00-09:00”, “daily 22:00-06:00”.",
    )

    class Meta:
        model = Schedule
        fields = (
            "utility", "name", "kind", "rhythm", "every_min", "at_minute", "weekdays", "month_day", "nth", "once_at",
            "window_min", "blackouts", "catch_up", "catch_up_most", "expires_min",
        )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["kind"].choices = kinds.choices()  # type: ignore[attr-defined]
        self._offer_utilities()
        for name in ("every_min", "catch_up_most"):
            self.fields[name].required = False
        self.initial.update(_initial(self.instance))

    def rhythm(self) -> Rhythm | None:
        """What the fields say when it runs, for the picture; None while they do not say it rightly."""
        if not self.is_bound or any(name in self.errors for name in TIMING):
            return None
        return self.instance.timing() if self.instance.utility_id else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, default in _DEFAULTS.items():
            cleaned[name] = default if cleaned.get(name) in (None, "") else cleaned[name]
        repeats = cleaned.get("rhythm") == Schedule.Rhythm.MINUTES
        cleaned["at_minute"] = (cleaned.get("offset_min") if repeats else cleaned.get("at_minute")) or 0
        cleaned["once_at"] = self._once_at(cleaned)
        self._take_target(cleaned)
        return cleaned

    def _once_at(self, cleaned: dict[str, Any]) -> datetime | None:
        day, utility = cleaned.get("once_at"), cleaned.get("utility")
        if cleaned.get("rhythm") != Schedule.Rhythm.ONCE or day is None or utility is None:
            return None
        at = datetime.combine(day, time(*divmod(cleaned["at_minute"], 60)), utility.zone).astimezone(UTC)
        if at <= timezone.now() and at != self.instance.once_at:
            self.add_error("once_at", "This time has passed.")
        return at

    def _take_target(self, cleaned: dict[str, Any]) -> None:
        """Set the target of the schedule; what it names must exist for the person."""
        kind, text, utility = (cleaned.get(name) for name in ("target_kind", "target_value", "utility"))
        if not kind or utility is None:
            return
        try:
            target = target_from({"kind": kind, "values": self._values(kind, text or "", utility)})
            check(target, utility=utility, user=self.user)
        except TargetError as error:
            self.add_error("target_value", str(error))
            return
        self.instance.target = None if target == Target() else target.as_json()

    def _values(self, kind: str, text: str, utility: Utility) -> list[str]:
        if kind == Kind.ALL:
            return []
        if kind == Kind.SERIALS:
            return text.replace(",", " ").split()
        if kind == Kind.GROUP:
            groups = DeviceGroup.objects.visible_to(self.user).filter(utility=utility, name=text.strip())
            return [str(pk) for pk in groups.values_list("pk", flat=True)] or ["0"]
        return [text.strip()] if text.strip() else []

    def _offer_utilities(self) -> None:
        utilities = Utility.objects.visible_to(self.user)
        if self.instance.pk:
            utilities = utilities.filter(pk=self.instance.utility_id)
        offer(self.fields["utility"], utilities)


def _initial(schedule: Schedule) -> dict[str, Any]:
    """What the fields show that a schedule keeps in another form."""
    repeats = schedule.rhythm == Schedule.Rhythm.MINUTES
    shown: dict[str, Any] = {"offset_min": schedule.at_minute if repeats else 0}
    if repeats:
        shown["at_minute"] = 0
    if schedule.once_at:
        shown["once_at"] = schedule.once_at.astimezone(schedule.utility.zone).date()
    target = schedule.target or {"kind": Kind.ALL, "values": []}
    values = [str(value) for value in target["values"]]
    if target["kind"] == Kind.GROUP:
        values = list(DeviceGroup.objects.filter(pk__in=values).values_list("name", flat=True))
    return shown | {"target_kind": str(target["kind"]), "target_value": " ".join(values)}
