"""Schedules: what is read when; run out of turn, switched on and off."""

from typing import Any, ClassVar, cast

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from aim.rest.fields import RowSerializer
from aim.rest.views import ReadResource
from headend.api.jobs import JobSerializer, job_url
from headend.models import Schedule
from headend.rhythm import rhythm_words
from headend.services.steering import run_now, set_enabled


class ScheduleSerializer(RowSerializer):
    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")
    when = serializers.SerializerMethodField(help_text="The rhythm in words, in the local time of the utility.")

    class Meta:
        model = Schedule
        fields = (
            "id", "utility", "name", "kind", "target", "when", "rhythm", "every_min", "at_minute", "weekdays",
            "month_day", "nth", "once_at", "window_min", "blackouts", "catch_up", "catch_up_most", "expires_min",
            "enabled", "next_run_at", "last_run_at",
        )  # fmt: skip

    def get_when(self, schedule: Schedule) -> str:
        return rhythm_words(schedule)


@extend_schema_view(
    list=extend_schema(operation_id="schedules_list", summary="Schedules"),
    retrieve=extend_schema(operation_id="schedules_get", summary="A schedule"),
)
@extend_schema(tags=["schedules"])
class Schedules(ReadResource[Schedule]):
    """What is read of which devices, and when."""

    queryset = Schedule.objects.select_related("utility")
    serializer_class = ScheduleSerializer
    verbs: ClassVar[dict[str, str]] = {"run": "change", "switch_on": "change", "switch_off": "change"}

    @extend_schema(
        operation_id="schedules_run",
        summary="Run a schedule now",
        request=None,
        responses={202: OpenApiResponse(JobSerializer, description="Under way; ask the job at `Location`.")},
        parameters=[
            OpenApiParameter(
                "Location", str, OpenApiParameter.HEADER, response=[202], description="Address of the job."
            )
        ],
    )
    def run(self, request: Request, pk: str) -> Response:
        """Make its job at once; the next regular run stays. Needs the permission `headend.change_schedule`."""
        job = run_now(schedule=self.get_object(), user=cast("User", request.user))
        body = JobSerializer(job, context=self.get_serializer_context()).data
        return Response(body, status.HTTP_202_ACCEPTED, headers={"Location": job_url(job, request)})

    @extend_schema(operation_id="schedules_on", summary="Switch a schedule on", request=None)
    def switch_on(self, request: Request, pk: str) -> Response:
        """It runs again from its next regular time on. Needs the permission `headend.change_schedule`."""
        return self._switch(request, enabled=True)

    @extend_schema(operation_id="schedules_off", summary="Switch a schedule off", request=None)
    def switch_off(self, request: Request, pk: str) -> Response:
        """Nothing is read by it until it is on again. Needs the permission `headend.change_schedule`."""
        return self._switch(request, enabled=False)

    def _switch(self, request: Request, *, enabled: bool) -> Response:
        schedule: Any = self.get_object()
        set_enabled(schedule=schedule, enabled=enabled, user=cast("User", request.user))
        return Response(self.get_serializer(schedule).data)
