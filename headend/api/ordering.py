"""Making a job through the API: counted before, 202 at once."""

from typing import Any

from rest_framework import serializers, status
from rest_framework.exceptions import APIException

from access.models import User
from headend import kinds
from headend.api.targets import TargetSerializer, checked, visible_utility
from headend.api.what import WhatField
from headend.models import Job
from headend.models.job import Priority
from headend.services.jobs import create_job
from headend.services.ordering import LONGEST_MIN, order_for
from headend.services.read_now import FEW
from headend.targets import Preview, devices_of, preview, readable

PRIORITIES = [priority.name.lower() for priority in Priority]


class NothingToRead(APIException):
    """409: no device of the target can be read."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "nothing_to_read"


class NewJobSerializer(serializers.Serializer[Any]):
    utility = serializers.CharField(max_length=40, help_text="Code of the utility.")
    kind = serializers.ChoiceField(choices=kinds.choices(), default=kinds.ON_DEMAND.code)
    target = TargetSerializer()
    what = WhatField("What a job of kind `read_now` reads")
    priority = serializers.ChoiceField(
        choices=PRIORITIES, default="bulk", help_text=f"`on_demand` for {FEW} devices at most."
    )
    expires_min = serializers.IntegerField(
        default=60, min_value=1, max_value=LONGEST_MIN, help_text="Minutes after which it is given up."
    )
    keep_frames = serializers.BooleanField(
        default=False, help_text="Whether what goes over the lines of its sessions is kept for some days."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] != kinds.ON_DEMAND.code and "what" in attrs:
            raise serializers.ValidationError({"what": ["Only a job of kind read_now is told what to read."]})
        return attrs


class LeftOutSerializer(serializers.Serializer[Any]):
    """Devices of the target that the job does not read."""

    not_installed = serializers.IntegerField()
    no_address = serializers.IntegerField()


def make_job(asked: dict[str, Any], user: User) -> tuple[Job, Preview]:
    """The job, and how many devices of its target it reads. ValidationError by field; NothingToRead."""
    utility = visible_utility(asked["utility"], user)
    target = checked(asked["target"], utility=utility, user=user)
    devices = devices_of(target, utility=utility, user=user)
    counted, priority = preview(devices), Priority[asked["priority"].upper()]
    if not counted.reads:
        raise NothingToRead(f"The job {counted}.")
    if priority >= Priority.ON_DEMAND and counted.reads > FEW:
        raise serializers.ValidationError({"priority": [f"No more than {FEW} devices are read on demand at once."]})
    order = order_for(
        utility=utility, kind=asked["kind"], target=target, what=asked.get("what", kinds.READ_NOW), priority=priority,
        minutes=asked["expires_min"], keep_frames=asked["keep_frames"],
    )  # fmt: skip
    return create_job(utility=utility, order=order, devices=readable(devices), user=user), counted
