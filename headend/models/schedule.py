"""Schedules: what is read when, as rows; the scheduler tick claims what is due."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from access.models import Utility
from access.querysets import ScopedManager
from headend import rhythms
from headend.blackouts import LEAST_FREE_MIN, Blackout, free_minutes
from headend.rhythms import DAY_MIN, EVERY_DAY, LAST, Kind

MOST_MADE_UP = 50
MOST_BLACKOUTS = 20
BY_WEEKDAY = (Kind.WEEKLY.value, Kind.NTH_WEEKDAY.value)


class Schedule(models.Model):
    """A reading of a utility's devices, repeated or once, in the utility's local time."""

    class Rhythm(models.TextChoices):
        MINUTES = Kind.MINUTES.value, "Every n minutes"
        DAILY = Kind.DAILY.value, "Daily"
        WEEKLY = Kind.WEEKLY.value, "Weekly"
        MONTHLY = Kind.MONTHLY.value, "Monthly, on a day"
        NTH_WEEKDAY = Kind.NTH_WEEKDAY.value, "Monthly, on a weekday"
        ONCE = Kind.ONCE.value, "Once"

    class CatchUp(models.TextChoices):
        SKIP = rhythms.CatchUp.SKIP.value, "Left out"
        ONCE = rhythms.CatchUp.ONCE.value, "Made up by one run"
        ALL = rhythms.CatchUp.ALL.value, "Each made up, up to a number"

    utility = models.ForeignKey(Utility, on_delete=models.CASCADE, related_name="schedules")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=30, help_text="A kind registered in `headend.kinds`.")
    parameters: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    target: "models.JSONField[Any, Any]" = models.JSONField(
        null=True, blank=True, help_text="Which devices; empty: all of the utility."
    )
    rhythm = models.CharField(max_length=12, choices=Rhythm.choices)
    every_min = models.PositiveSmallIntegerField(
        "every (min)", default=15, validators=[MinValueValidator(1), MaxValueValidator(DAY_MIN)]
    )
    at_minute = models.PositiveSmallIntegerField(
        "at minute", default=0, validators=[MaxValueValidator(DAY_MIN - 1)],
        help_text="Every n minutes: offset past the full interval. Else: minute of the local day.",
    )  # fmt: skip
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True,
        help_text="Monday is 0, Sunday 6. For weekly rhythms, and for monthly ones on a weekday.",
    )  # fmt: skip
    month_day = models.PositiveSmallIntegerField(
        "day of the month", default=1, validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text="In a shorter month its last day, so 31 is the last day of every month.",
    )  # fmt: skip
    nth = models.PositiveSmallIntegerField(
        "which in the month", default=1, validators=[MinValueValidator(1), MaxValueValidator(LAST)],
        help_text=f"First to fourth of the weekday in its month; {LAST} is the last.",
    )  # fmt: skip
    once_at = models.DateTimeField("at", null=True, blank=True)
    window_min = models.PositiveSmallIntegerField(
        "start window (min)", default=0, validators=[MaxValueValidator(DAY_MIN)],
        help_text="Devices are begun one after the other over so many minutes, each always at its own moment.",
    )  # fmt: skip
    blackouts: "models.JSONField[Any, Any]" = models.JSONField(
        default=list, blank=True, help_text="Times of the week in which nothing is begun."
    )
    catch_up = models.CharField("missed runs", max_length=8, choices=CatchUp.choices, default=CatchUp.ONCE)
    catch_up_most = models.PositiveSmallIntegerField(
        "make up at most", default=3, validators=[MinValueValidator(1), MaxValueValidator(MOST_MADE_UP)]
    )
    expires_min = models.PositiveIntegerField("give up after (min)", default=60, validators=[MinValueValidator(1)])
    enabled = models.BooleanField(default=True)
    next_run_at = models.DateTimeField(null=True, blank=True)
    last_run_at = models.DateTimeField(null=True, blank=True)

    scope_utility: ClassVar[str] = "utility"
    scope_segment: ClassVar[str | None] = None
    objects = ScopedManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["utility", "name"], name="schedule_name"),
            models.CheckConstraint(condition=Q(every_min__range=(1, DAY_MIN)), name="schedule_every"),
            models.CheckConstraint(condition=Q(at_minute__lt=DAY_MIN), name="schedule_at"),
            models.CheckConstraint(condition=Q(expires_min__gte=1), name="schedule_expires"),
            models.CheckConstraint(condition=Q(month_day__range=(1, 31)), name="schedule_month_day"),
            models.CheckConstraint(condition=Q(nth__range=(1, LAST)), name="schedule_nth"),
            models.CheckConstraint(condition=Q(window_min__lte=DAY_MIN), name="schedule_window"),
            models.CheckConstraint(condition=Q(catch_up_most__range=(1, MOST_MADE_UP)), name="schedule_catch_up"),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=list(range(7)))
                & (~Q(rhythm__in=BY_WEEKDAY) | Q(weekdays__len__gte=1)),
                name="schedule_weekdays",
            ),
            models.CheckConstraint(condition=~Q(rhythm="once") | Q(once_at__isnull=False), name="schedule_once"),
        ]
        indexes = [models.Index(fields=["next_run_at"], condition=Q(enabled=True), name="schedule_due")]
        ordering = ["utility", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("headend:schedule", args=[self.pk])

    def timing(self) -> rhythms.Rhythm:
        """When it runs, as the pure rhythm of `headend.rhythms`."""
        return rhythms.Rhythm(
            kind=Kind(self.rhythm),
            zone=self.utility.zone,
            every_min=self.every_min,
            at_minute=self.at_minute,
            weekdays=frozenset(self.weekdays),
            month_day=self.month_day,
            nth=self.nth,
            once_at=self.once_at,
            blackouts=tuple(blackout_from(each) for each in self.blackouts),
        )

    def clean(self) -> None:
        """Only what a worker knows how to do can be repeated, and only at times there are."""
        from headend import kinds  # which stands on this model

        problems: dict[str, str] = {}
        if self.kind not in dict(kinds.choices()):
            problems["kind"] = f"There is no kind of job “{self.kind}”."
        if not set(self.weekdays) <= EVERY_DAY or (self.rhythm in BY_WEEKDAY and not self.weekdays):
            problems["weekdays"] = "Choose at least one weekday."
        if self.rhythm == self.Rhythm.ONCE and self.once_at is None:
            problems["once_at"] = "Say when it runs."
        if self.window_min and self.expires_min <= self.window_min:
            problems["expires_min"] = f"The last devices begin after {self.window_min} min; give them time after that."
        if problem := blackout_problem(self.blackouts):
            problems["blackouts"] = problem
        if problems:
            raise ValidationError(problems)


def blackout_from(entry: Any) -> Blackout:
    """A blackout as its row keeps it: `{"weekdays": [5, 6], "start": 0, "end": 360}`, minutes of the local day."""
    return Blackout(frozenset(entry["weekdays"]), entry["start"], entry["end"])


def blackout_problem(entries: Any) -> str:
    """What is wrong with blackouts as they are kept, in words; empty when nothing is."""
    if not isinstance(entries, list) or len(entries) > MOST_BLACKOUTS:
        return f"Blackouts are a list of at most {MOST_BLACKOUTS}."
    if not all(_is_blackout(each) for each in entries):
        return "A blackout has weekdays (0 to 6), a start and an end (minutes of the day)."
    if free_minutes([blackout_from(each) for each in entries]) < LEAST_FREE_MIN:
        return f"The blackouts leave less than {LEAST_FREE_MIN} minutes of the week."
    return ""


def _is_blackout(entry: Any) -> bool:
    if not isinstance(entry, dict) or entry.keys() != {"weekdays", "start", "end"}:
        return False
    weekdays, minutes = entry["weekdays"], (entry["start"], entry["end"])
    are_minutes = all(type(minute) is int and 0 <= minute < DAY_MIN for minute in minutes)
    return are_minutes and isinstance(weekdays, list) and bool(weekdays) and all(day in range(7) for day in weekdays)
