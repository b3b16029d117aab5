"""Schedules in requests: made, and changed in the fields that are given."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelError
from django.utils import timezone
from rest_framework import serializers
from rest_framework.settings import api_settings

from access.models import User
from aim.rest.fields import InstantField
from headend import kinds
from headend.api.targets import TargetSerializer, checked, visible_utility
from headend.models import Schedule
from headend.models.schedule import MOST_BLACKOUTS, MOST_MADE_UP
from headend.rhythms import DAY_MIN, LAST
from headend.services.ordering import LONGEST_MIN
from headend.targets import Target

_MINUTE: dict[str, Any] = {"min_value": 0, "max_value": DAY_MIN - 1}


class BlackoutSerializer(serializers.Serializer[Any]):
    """A time of the week in which nothing is begun; one that ends before it starts goes over midnight."""

    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), allow_empty=False, max_length=7,
        help_text="Monday is 0.",
    )  # fmt: skip
    start = serializers.IntegerField(**_MINUTE, help_text="Minute of the local day.")
    end = serializers.IntegerField(**_MINUTE, help_text="Minute of the local day.")


class ScheduleChangeSerializer(serializers.Serializer[Any]):
    """What may be changed of a schedule. Fields without a value keep theirs."""

    name = serializers.CharField(max_length=80, required=False)
    kind = serializers.ChoiceField(choices=kinds.choices(), required=False)
    target = TargetSerializer(required=False, allow_null=True, help_text="Null: all devices of the utility.")
    rhythm = serializers.ChoiceField(choices=Schedule.Rhythm.choices, required=False)
    every_min = serializers.IntegerField(min_value=1, max_value=DAY_MIN, required=False)
    at_minute = serializers.IntegerField(
        **_MINUTE, required=False,
        help_text="Every n minutes: offset past the full interval. Else: minute of the local day.",
    )  # fmt: skip
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), max_length=7, required=False,
        help_text="Monday is 0. For weekly rhythms, and for monthly ones on a weekday.",
    )  # fmt: skip
    month_day = serializers.IntegerField(
        min_value=1, max_value=31, required=False, help_text="In a shorter month its last day."
    )
    nth = serializers.IntegerField(
        min_value=1, max_value=LAST, required=False, help_text=f"Of the weekday in its month; {LAST} is the last."
    )
    once_at = InstantField(required=False, allow_null=True, help_text="The only run of the rhythm `once`.")
    window_min = serializers.IntegerField(
        min_value=0, max_value=DAY_MIN, required=False, help_text="Devices are begun over so many minutes."
    )
    blackouts = serializers.ListField(child=BlackoutSerializer(), required=False, max_length=MOST_BLACKOUTS)
    catch_up = serializers.ChoiceField(choices=Schedule.CatchUp.choices, required=False)
    catch_up_most = serializers.IntegerField(min_value=1, max_value=MOST_MADE_UP, required=False)
    expires_min = serializers.IntegerField(min_value=1, max_value=LONGEST_MIN, required=False)


class NewScheduleSerializer(ScheduleChangeSerializer):
    """A new schedule; fields without a value take the default of the product."""

    utility = serializers.CharField(max_length=40, help_text="Code of the utility.")
    name = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=kinds.choices())
    rhythm = serializers.ChoiceField(choices=Schedule.Rhythm.choices)


def new_schedule(asked: Mapping[str, Any], user: User) -> Schedule:
    """The schedule of a checked request, unsaved. ValidationError by field."""
    schedule = Schedule(utility=visible_utility(asked["utility"], user))
    take(schedule, {name: value for name, value in asked.items() if name != "utility"}, user)
    return schedule


def take(schedule: Schedule, asked: Mapping[str, Any], user: User) -> None:
    """Set what was asked for, unsaved; ValidationError by field where the schedule would not be one that can run."""
    fields = dict(asked)
    if "target" in fields:
        schedule.target = _target(schedule, fields.pop("target"), user)
    _check_once(schedule, fields)
    for name, value in fields.items():
        setattr(schedule, name, value)
    try:
        schedule.full_clean()
    except ModelError as error:
        raise serializers.ValidationError(_by_field(error)) from error


def _target(schedule: Schedule, given: dict[str, Any] | None, user: User) -> dict[str, Any] | None:
    target = checked(given or {}, utility=schedule.utility, user=user)
    return None if target == Target() else target.as_json()


def _check_once(schedule: Schedule, fields: Mapping[str, Any]) -> None:
    """A time that has passed would never come; one that stays as it is may have."""
    at = fields.get("once_at")
    once = fields.get("rhythm", schedule.rhythm) == Schedule.Rhythm.ONCE
    if once and at is not None and at <= timezone.now() and at != schedule.once_at:
        raise serializers.ValidationError({"once_at": ["This time has passed."]})


def _by_field(error: ModelError) -> dict[str, list[str]]:
    """What the model says, under the name of its field or for the whole request."""
    return {
        api_settings.NON_FIELD_ERRORS_KEY if name == NON_FIELD_ERRORS else name: sentences
        for name, sentences in error.message_dict.items()
    }
