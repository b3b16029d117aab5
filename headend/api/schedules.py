"""Schedules: what is read when; made, changed and deleted, run out of turn, switched on and off."""

from typing import Any, ClassVar, cast

from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from aim.rest.fields import RowSerializer, UtcField
from aim.rest.views import ReadResource
from headend.api.jobs import JobSerializer, job_url
from headend.api.schedule_fields import (
    BlackoutSerializer,
    NewScheduleSerializer,
    ScheduleChangeSerializer,
    new_schedule,
    take,
)
from headend.api.targets import ToldTargetSerializer, told_of_schedule
from headend.models import Schedule
from headend.rhythm import rhythm_words
from headend.rhythms import next_runs
from headend.services.schedule_changes import delete_schedule, save_schedule
from headend.services.steering import run_now, set_enabled

_EXAMPLE = {
    "utility": "energia", "name": "Daily values", "kind": "daily", "rhythm": "weekly", "weekdays": [0, 1, 2, 3, 4],
    "at_minute": 30, "window_min": 60, "expires_min": 240, "target": {"kind": "group", "values": ["7"]},
    "blackouts": [{"weekdays": [0], "start": 0, "end": 120}],
}  # fmt: skip


class ScheduleSerializer(RowSerializer):
    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")
    target = serializers.SerializerMethodField(help_text="Which devices.")
    when = serializers.SerializerMethodField(help_text="The rhythm in words, in the local time of the utility.")
    blackouts = BlackoutSerializer(many=True)

    class Meta:
        model = Schedule
        fields: ClassVar[tuple[str, ...]] = (
            "id", "utility", "name", "kind", "target", "when", "rhythm", "every_min", "at_minute", "weekdays",
            "month_day", "nth", "once_at", "window_min", "blackouts", "catch_up", "catch_up_most", "expires_min",
            "enabled", "next_run_at", "last_run_at",
        )  # fmt: skip

    def get_when(self, schedule: Schedule) -> str:
        return rhythm_words(schedule)

    @extend_schema_field(ToldTargetSerializer)
    def get_target(self, schedule: Schedule) -> dict[str, Any]:
        return told_of_schedule(schedule)


class ScheduleDetailSerializer(ScheduleSerializer):
    next_runs = serializers.SerializerMethodField(help_text="The next five runs; none while it is switched off.")

    class Meta(ScheduleSerializer.Meta):
        fields = (*ScheduleSerializer.Meta.fields, "next_runs")

    @extend_schema_field(serializers.ListField(child=UtcField()))
    def get_next_runs(self, schedule: Schedule) -> list[Any]:
        planned = next_runs(schedule.timing(), timezone.now()) if schedule.enabled else []
        return [UtcField().to_representation(run) for run in planned]


@extend_schema_view(
    list=extend_schema(operation_id="schedules_list", summary="Schedules"),
    retrieve=extend_schema(operation_id="schedules_get", summary="A schedule"),
)
@extend_schema(tags=["schedules"])
class Schedules(ReadResource[Schedule]):
    """What is read of which devices, and when."""

    queryset = Schedule.objects.select_related("utility")
    serializer_class = ScheduleSerializer
    detail_serializer_class = ScheduleDetailSerializer
    verbs: ClassVar[dict[str, str]] = {
        "create": "add",
        "partial_update": "change",
        "destroy": "delete",
        "run": "change",
        "switch_on": "change",
        "switch_off": "change",
    }

    @extend_schema(
        operation_id="schedules_create",
        summary="Make a schedule",
        request=NewScheduleSerializer,
        responses={201: OpenApiResponse(ScheduleDetailSerializer, description="It is there and switched on.")},
        examples=[OpenApiExample("Every night, not at the weekend", _EXAMPLE, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """What is read of which devices, and when; needs the permission `headend.add_schedule`."""
        asked, user = _asked(NewScheduleSerializer, request), cast("User", request.user)
        schedule = new_schedule(asked, user)
        save_schedule(schedule=schedule, user=user)
        return Response(self._detail(schedule), status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="schedules_change",
        summary="Change a schedule",
        request=ScheduleChangeSerializer,
        responses={200: OpenApiResponse(ScheduleDetailSerializer, description="As it is now.")},
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """The fields that are given; the next run follows. Needs the permission `headend.change_schedule`."""
        schedule, user = self.get_object(), cast("User", request.user)
        take(schedule, _asked(ScheduleChangeSerializer, request), user)
        save_schedule(schedule=schedule, user=user)
        return Response(self._detail(schedule))

    @extend_schema(
        operation_id="schedules_delete",
        summary="Delete a schedule",
        responses={204: OpenApiResponse(description="It is gone; the jobs it made stay.")},
    )
    def destroy(self, request: Request, pk: str) -> Response:
        """Needs the permission `headend.delete_schedule`."""
        delete_schedule(schedule=self.get_object(), user=cast("User", request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)

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

    def _detail(self, schedule: Schedule) -> dict[str, Any]:
        return dict(ScheduleDetailSerializer(schedule, context=self.get_serializer_context()).data)


def _asked(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return cast("dict[str, Any]", asked.validated_data)
