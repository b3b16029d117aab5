"""Steering a job through the API: pause, go on, cancel, retry, add devices, take devices out."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from aim.rest.problems import CONTENT_TYPE, Problem
from aim.rest.views import Resource
from headend import causes
from headend.api.jobs import JobSerializer
from headend.api.targets import TargetSerializer, checked
from headend.models import Job
from headend.progress import progress_of
from headend.services import job_steering
from headend.services.jobs import SteeringError, cancel_job, retry_failed
from headend.targets import Target, devices_of, readable, words


class RetrySerializer(serializers.Serializer[Any]):
    cause = serializers.ChoiceField(
        choices=sorted(causes.RULES), required=False, help_text="Only what ended with this cause; if not given: all."
    )


class AimedSerializer(serializers.Serializer[Any]):
    target = TargetSerializer()


class SteeredJobSerializer(JobSerializer):
    changed = serializers.SerializerMethodField(help_text="How many devices this concerned.")

    class Meta(JobSerializer.Meta):
        fields = (*JobSerializer.Meta.fields, "changed")

    @extend_schema_field(int)
    def get_changed(self, job: Job) -> int:
        return int(self.context["changed"])


class NotSteerable(APIException):
    """409: the job is in no state for that."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "not_steerable"


_ANSWERS = {
    200: OpenApiResponse(SteeredJobSerializer, description="Done; the job as it is now."),
    (409, CONTENT_TYPE): OpenApiResponse(Problem, description="The job is in no state for that; `detail` says why."),
}


@extend_schema(tags=["jobs"])
class JobSteering(Resource[Job]):
    """Jobs as they are steered. Who sees only a part of a job's devices steers none of it (403)."""

    queryset = Job.objects.select_related("utility", "created_by")
    serializer_class = SteeredJobSerializer
    pagination_class = None
    filter_backends = ()
    verbs: ClassVar[dict[str, str]] = {
        "pause": "pause", "resume": "pause", "cancel": "cancel", "retry": "retry", "add": "change",
        "take_out": "change",
    }  # fmt: skip

    @extend_schema(operation_id="jobs_pause", summary="Pause a job", request=None, responses=_ANSWERS)
    def pause(self, request: Request, pk: str) -> Response:
        """Nothing more of it is begun; sessions under way end and are stored. Needs `headend.pause_job`."""
        return self._steer(lambda job, user: job_steering.pause(job=job, user=user))

    @extend_schema(operation_id="jobs_resume", summary="Let a paused job go on", request=None, responses=_ANSWERS)
    def resume(self, request: Request, pk: str) -> Response:
        """Waits and expiry are later by as long as it was paused. Needs `headend.pause_job`."""
        return self._steer(lambda job, user: job_steering.resume(job=job, user=user))

    @extend_schema(operation_id="jobs_cancel", summary="Cancel a job", request=None, responses=_ANSWERS)
    def cancel(self, request: Request, pk: str) -> Response:
        """What waits ends as cancelled; sessions under way end and are stored. Needs `headend.cancel_job`."""
        return self._steer(lambda job, user: cancel_job(job=job, user=user))

    @extend_schema(
        operation_id="jobs_retry", summary="Retry what failed in a job", request=RetrySerializer, responses=_ANSWERS
    )
    def retry(self, request: Request, pk: str) -> Response:
        """What failed, expired or was cancelled waits again, for an hour. Needs `headend.retry_job`."""
        cause = self._asked(RetrySerializer).get("cause", "")
        return self._steer(lambda job, user: retry_failed(job=job, user=user, cause=cause))

    @extend_schema(operation_id="jobs_add", summary="Add devices to a job", request=AimedSerializer, responses=_ANSWERS)
    def add(self, request: Request, pk: str) -> Response:
        """Those it has already stay as they are. Needs `headend.change_job`."""
        return self._aimed(self._add)

    @extend_schema(
        operation_id="jobs_take_out", summary="Take devices out of a job", request=AimedSerializer, responses=_ANSWERS
    )
    def take_out(self, request: Request, pk: str) -> Response:
        """Those that still wait end as cancelled; what is being read goes on. Needs `headend.change_job`."""
        return self._aimed(self._take_out)

    @staticmethod
    def _add(job: Job, target: Target, user: User) -> int:
        devices = readable(devices_of(target, utility=job.utility, user=user))
        return job_steering.add_devices(job=job, devices=devices, words=words(target, utility=job.utility), user=user)

    @staticmethod
    def _take_out(job: Job, target: Target, user: User) -> int:
        devices = devices_of(target, utility=job.utility, user=user)
        items = job.items.filter(device__in=devices.order_by().values("pk"))
        return job_steering.take_out(job=job, items=items, user=user)

    def _aimed(self, act: Callable[[Job, Target, User], int]) -> Response:
        stored = self._asked(AimedSerializer)["target"]
        return self._steer(lambda job, user: act(job, checked(stored, utility=job.utility, user=user), user))

    def _asked(self, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        asked = serializer(data=self.request.data)
        asked.is_valid(raise_exception=True)
        return cast("dict[str, Any]", asked.validated_data)

    def _steer(self, act: Callable[[Job, User], int | None]) -> Response:
        """Do it to the job as a whole, and answer with what it is now."""
        job, user = self.get_object(), cast("User", self.request.user)
        if progress_of(job, user).total < job.items.count():
            raise PermissionDenied("This job also reads devices outside your segments.")
        try:
            changed = act(job, user)
        except SteeringError as error:
            raise NotSteerable(str(error)) from error
        job.refresh_from_db()
        context = {**self.get_serializer_context(), "changed": job.items.count() if changed is None else changed}
        return Response(SteeredJobSerializer(job, context=context).data)
