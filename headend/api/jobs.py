"""Jobs and what became of every device in them."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from access.models import User
from aim.rest.fields import RowSerializer
from aim.rest.problems import CONTENT_TYPE, Problem
from aim.rest.views import ReadResource, Resource
from headend import causes
from headend.api.ordering import PRIORITIES, LeftOutSerializer, NewJobSerializer, make_job
from headend.api.targets import ToldTargetSerializer, told
from headend.filters import JobApiFilter, JobItemApiFilter
from headend.models import Job, JobItem
from headend.models.job import Priority
from headend.progress import Tally, tallies


class TallySerializer(serializers.Serializer[Any]):
    """Number of devices in each state."""

    waiting = serializers.IntegerField()
    running = serializers.IntegerField()
    ok = serializers.IntegerField()
    failed = serializers.IntegerField()
    expired = serializers.IntegerField()
    cancelled = serializers.IntegerField()


class _JobListSerializer(serializers.ListSerializer[Any]):
    """Counts the items of all jobs of the page together."""

    def to_representation(self, data: Any) -> Any:
        jobs = list(data)
        counted = tallies(jobs, self.context["request"].user)
        for job in jobs:
            job.tally = counted[job.pk]
        return super().to_representation(jobs)


class JobSerializer(RowSerializer):
    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")
    priority = serializers.SerializerMethodField()
    created_by = serializers.CharField(source="created_by.username", allow_null=True, default=None)
    target = serializers.SerializerMethodField(help_text="What it was aimed at; null: devices as they were given.")
    items = serializers.SerializerMethodField(help_text="Devices by state; those the user may see.")
    url = serializers.SerializerMethodField(help_text="Where to ask for the state again.")

    class Meta:
        model = Job
        list_serializer_class = _JobListSerializer
        fields: ClassVar[tuple[str, ...]] = (
            "id", "url", "utility", "kind", "title", "target", "parameters", "priority", "state", "items",
            "keep_frames", "created_at", "created_by", "expires_at", "finished_at", "action",
        )  # fmt: skip
        extra_kwargs = {"parameters": {"help_text": "What the kind of job was asked to do."}}

    @extend_schema_field(serializers.ChoiceField(choices=PRIORITIES))
    def get_priority(self, job: Job) -> str:
        return Priority(job.priority).name.lower()

    @extend_schema_field(ToldTargetSerializer(allow_null=True))
    def get_target(self, job: Job) -> dict[str, Any] | None:
        return told(job)

    @extend_schema_field(TallySerializer)
    def get_items(self, job: Job) -> Tally:
        counted: Tally | None = getattr(job, "tally", None)
        return counted or tallies([job], self.context["request"].user)[job.pk]

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, job: Job) -> str:
        return job_url(job, self.context["request"])


class CauseSerializer(serializers.Serializer[Any]):
    """Why a session failed."""

    code = serializers.CharField()
    text = serializers.CharField(help_text="In plain words.")
    advice = serializers.CharField(help_text="What to do about it.", allow_blank=True)


class JobItemSerializer(RowSerializer):
    serial_number = serializers.CharField(source="device.serial_number", help_text="Serial number of the device.")
    first_cause = serializers.SerializerMethodField()
    last_cause = serializers.SerializerMethodField()

    class Meta:
        model = JobItem
        fields = (
            "id", "device", "serial_number", "state", "attempts", "step", "first_cause", "last_cause", "detail",
            "result", "not_before", "started_at", "finished_at",
        )  # fmt: skip
        extra_kwargs = {"result": {"help_text": "What the session brought, by kind of job."}}

    @extend_schema_field(CauseSerializer(allow_null=True))
    def get_first_cause(self, item: JobItem) -> dict[str, str] | None:
        return _cause(item.first_cause)

    @extend_schema_field(CauseSerializer(allow_null=True))
    def get_last_cause(self, item: JobItem) -> dict[str, str] | None:
        return _cause(item.last_cause)


class MadeJobSerializer(JobSerializer):
    left_out = serializers.SerializerMethodField(help_text="Devices of the target that it does not read, and why.")

    class Meta(JobSerializer.Meta):
        fields = (*JobSerializer.Meta.fields, "left_out")

    @extend_schema_field(LeftOutSerializer)
    def get_left_out(self, job: Job) -> dict[str, int]:
        counted = self.context["counted"]
        return {"not_installed": counted.not_installed, "no_address": counted.no_address}


@extend_schema_view(
    list=extend_schema(operation_id="jobs_list", summary="Jobs, newest first"),
    retrieve=extend_schema(operation_id="jobs_get", summary="A job"),
)
@extend_schema(tags=["jobs"])
class Jobs(ReadResource[Job]):
    """Long operations over devices, with how many devices are in which state."""

    queryset = Job.objects.select_related("utility", "created_by")
    serializer_class = JobSerializer
    filterset_class = JobApiFilter
    newest_first = True
    verbs: ClassVar[dict[str, str]] = {"create": "add"}

    @extend_schema(
        operation_id="jobs_create",
        summary="Make a job",
        request=NewJobSerializer,
        responses={
            202: OpenApiResponse(MadeJobSerializer, description="Under way; ask the job at `Location`."),
            (409, CONTENT_TYPE): OpenApiResponse(Problem, description="No device can be read; `detail` says why."),
        },
        parameters=[
            OpenApiParameter(
                "Location", str, OpenApiParameter.HEADER, response=[202], description="Address of the job."
            )
        ],
        examples=[
            OpenApiExample(
                "The registers of a group",
                {"utility": "energia", "target": {"kind": "group", "values": ["7"]}, "what": ["registers"]},
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Read the devices of a target; needs the permission `headend.add_job`.

        Devices that are not installed or have no address are left out and counted.
        """
        asked = NewJobSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        job, counted = make_job(asked.validated_data, cast("User", request.user))
        body = MadeJobSerializer(job, context={**self.get_serializer_context(), "counted": counted}).data
        return Response(body, status.HTTP_202_ACCEPTED, headers={"Location": job_url(job, request)})


@extend_schema_view(
    list=extend_schema(
        operation_id="job_items_list",
        summary="Devices of a job",
        parameters=[OpenApiParameter("job", int, OpenApiParameter.PATH, description="Id of the job.")],
    )
)
@extend_schema(tags=["jobs"])
class JobItems(ListModelMixin, Resource[JobItem]):
    """What became of every device of a job, with the cause of failure in plain words."""

    queryset = JobItem.objects.select_related("device")
    serializer_class = JobItemSerializer
    filterset_class = JobItemApiFilter

    def get_queryset(self) -> QuerySet[JobItem]:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        user = cast("User", self.request.user)
        return rows.filter(job=get_object_or_404(Job.objects.visible_to(user), pk=self.kwargs["job"]))


def job_url(job: Job, request: Any) -> str:
    """The address of a job in the API."""
    return reverse("api:job-detail", args=[job.pk], request=request)


def _cause(code: str) -> dict[str, str] | None:
    if not code:
        return None
    rule = causes.rule(code)
    return {"code": code, "text": rule.text, "advice": rule.advice}
