"""Asking for a run by hand: which series, which days, which rule set; and for a what-if."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from access.models import Segment, User, Utility
from aim.web.choices import offer
from devices.models import DeviceGroup
from metering.models import MeteringPoint, Series
from validation.models import ResultGroup, RuleSet
from validation.reach import whole_utilities
from validation.scopes import MOST_NAMED, judged_in

MOST_DAYS = 400
MOST_SERIES_DAYS = 5_000_000
MOST_TRIED = 500_000
"""Series-days of a what-if: a minute of work, two for two sets."""

CHOSEN = "series"
_WHICH = (
    ("points", "Metering points by GSRN"), ("group", "A device group"), ("segment", "A segment"),
    ("result_group", "Exceptions that wait in a result group"), ("all", "The whole utility"),
)  # fmt: skip
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RunForm(forms.Form):
    """Series, days and the rule set; `scope` and `series_days` once it is valid.

    `chosen` are series selected on another page: then nothing else is asked about series.
    """

    most = MOST_SERIES_DAYS
    dry = False

    which = forms.ChoiceField(choices=_WHICH, label="Series of", widget=forms.RadioSelect, initial="points")
    gsrns = forms.CharField(
        required=False, max_length=40_000, label="GSRN", widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Several with spaces or on lines of their own.",
    )  # fmt: skip
    group = forms.ModelChoiceField(queryset=DeviceGroup.objects.none(), required=False, label="Group")
    segment = forms.ModelChoiceField(queryset=Segment.objects.none(), required=False, label="Segment")
    result_group = forms.ModelChoiceField(queryset=ResultGroup.objects.none(), required=False, label="Result group")
    utility = forms.ModelChoiceField(queryset=Utility.objects.none(), label="Utility")
    first_day = forms.DateField(label="First day", widget=_DAY)
    last_day = forms.DateField(label="Last day", widget=_DAY, help_text=f"Included; at most {MOST_DAYS} days.")
    rule_set = forms.ModelChoiceField(
        queryset=RuleSet.objects.none(), required=False, label="Rule set", empty_label="As assigned on arrival"
    )
    scope: dict[str, Any]
    series_days: int

    def __init__(self, *args: Any, user: User, chosen: list[int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.chosen = user, chosen
        offer(self.fields["utility"], whole_utilities(user))
        for name, rows in self._rows(user).items():
            field: Any = self.fields[name]
            field.queryset = rows
        if chosen is not None:
            for name in ("which", "gsrns", "group", "segment", "result_group"):
                del self.fields[name]
        yesterday = timezone.localdate() - timedelta(days=1)
        for name in ("first_day", "last_day"):
            self.fields[name].initial = yesterday

    def _rows(self, user: User) -> dict[str, Any]:
        sets = RuleSet.objects.visible_to(user)
        return {
            "group": DeviceGroup.objects.visible_to(user), "segment": Segment.objects.visible_to(user),
            "result_group": ResultGroup.objects.visible_to(user), "rule_set": sets,
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_sets(cleaned)
        if not self.errors:
            self._measure(cleaned)
        return cleaned

    def _check_sets(self, cleaned: dict[str, Any]) -> None:
        """Every row that is named belongs to the utility."""
        utility = cleaned.get("utility")
        for name in ("rule_set", "against", "group", "segment", "result_group"):
            row = cleaned.get(name)
            if utility and row and row.utility_id != utility.pk:
                self.add_error(name, f"This belongs to {row.utility}, not to {utility}.")

    def _measure(self, cleaned: dict[str, Any]) -> None:
        """Count the series-days; an error where there are none, or too many."""
        days = (cleaned["last_day"] - cleaned["first_day"]).days + 1
        if not 1 <= days <= MOST_DAYS:
            self.add_error("last_day", f"From the first day on, at most {MOST_DAYS} days.")
            return
        self.scope = self._scope(cleaned)
        if self.errors:
            return
        count = judged_in(self.scope, cleaned["utility"], cleaned["rule_set"], dry=self.dry).count()
        self.series_days = count * days
        if not count:
            self.add_error(None, "There are no series to validate here.")
        elif self.series_days > self.most:
            told = f"{count:,} series over {days} days are {self.series_days:,} series-days; at most {self.most:,} go."
            self.add_error(None, f"{told} Choose fewer days or series.")

    def _scope(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The scope as a run keeps it; an error on the field that names nothing."""
        if self.chosen is not None:
            return {"series": self.chosen}
        match cleaned["which"]:
            case "all":
                return {}
            case "points":
                return {"series": self._of_points(cleaned)}
            case which:
                if cleaned.get(which) is None:
                    self.add_error(which, "Choose one.")
                    return {}
                return {which: cleaned[which].pk}

    def _of_points(self, cleaned: dict[str, Any]) -> list[int]:
        asked = set(cleaned["gsrns"].replace(",", " ").split())
        points = MeteringPoint.objects.visible_to(self.user).filter(gsrn__in=asked, utility=cleaned["utility"])
        if unknown := sorted(asked - set(points.values_list("gsrn", flat=True))):
            self.add_error("gsrns", f"Not a metering point of {cleaned['utility']}: {', '.join(unknown[:5])}.")
        elif not asked:
            self.add_error("gsrns", "Give at least one.")
        series = Series.objects.filter(metering_point__in=points.order_by().values("pk"))
        return list(series.order_by("pk").values_list("pk", flat=True)[:MOST_NAMED])

    def days(self) -> tuple[date, date]:
        return self.cleaned_data["first_day"], self.cleaned_data["last_day"]


class WhatIfForm(RunForm):
    """A run that only tells what would come of it, by one set or by two that are compared."""

    most = MOST_TRIED
    dry = True

    against = forms.ModelChoiceField(
        queryset=RuleSet.objects.none(), required=False, label="Compared with", empty_label="Nothing"
    )

    def _rows(self, user: User) -> dict[str, Any]:
        rows = super()._rows(user)
        sets = rows["rule_set"].filter(kind=RuleSet.Kind.PROFILE)
        return rows | {"rule_set": sets, "against": sets}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule_set"].required = True
        field: Any = self.fields["rule_set"]
        field.empty_label = "Choose"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("against") is not None and cleaned["against"] == cleaned.get("rule_set"):
            self.add_error("against", "This is the same set.")
        return cleaned
