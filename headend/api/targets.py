"""Targets in requests and answers: which devices a job is aimed at."""

from typing import Any

from rest_framework import serializers

from access.models import User, Utility
from headend.models import Job, Schedule
from headend.targets import MOST_NAMED, NAMES, Kind, Target, TargetError, check, target_from, words_of

KINDS = [(kind.value, NAMES[kind]) for kind in Kind]
_NAMED = (Kind.DEVICES, Kind.SERIALS)


class TargetSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        choices=KINDS,
        help_text="What `values` are; `all`: every device of the utility, without values.",
    )
    values = serializers.ListField(
        child=serializers.CharField(max_length=1_000),
        default=list,
        max_length=MOST_NAMED,
        help_text="Ids of devices, serial numbers, or one of: a query string of the device list, the id of a group, "
        "the code of a transformer area, the name of a feeder or of a region.",
    )


class ToldTargetSerializer(serializers.Serializer[Any]):
    """What a job was aimed at."""

    kind = serializers.ChoiceField(choices=KINDS)
    values = serializers.ListField(
        child=serializers.CharField(), help_text="Empty where devices were named one by one: they are the items."
    )
    words = serializers.CharField(help_text="The same for people.", allow_blank=True)


def checked(stored: dict[str, Any], *, utility: Utility, user: User) -> Target:
    """The target of a request; ValidationError on `target` where it names nothing the user may read."""
    try:
        target = target_from(stored)
        check(target, utility=utility, user=user)
    except TargetError as error:
        raise serializers.ValidationError({"target": [str(error)]}) from error
    return target


def told(job: Job) -> dict[str, Any] | None:
    """The target of a job; None for one over devices as they were given."""
    if not job.target:
        return None
    kind = job.target["kind"]
    return {"kind": kind, "values": [] if kind in _NAMED else job.target["values"], "words": job.target_words}


def told_of_schedule(schedule: Schedule) -> dict[str, Any]:
    """The target of a schedule, with its values: they are nowhere else."""
    target = schedule.target or Target().as_json()
    return {
        "kind": target["kind"],
        "values": target["values"],
        "words": words_of(schedule.target, utility=schedule.utility),
    }


def visible_utility(code: str, user: User) -> Utility:
    """The utility of this code through the one door; ValidationError on `utility`."""
    found = Utility.objects.visible_to(user).filter(code=code).first()
    if found is None:
        raise serializers.ValidationError({"utility": ["There is no such utility, or it is not open to you."]})
    return found
