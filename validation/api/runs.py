"""Runs of validation: started by hand, tried without storing anything, watched, cancelled."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User, Utility
from aim.rest.fields import RowSerializer
from aim.rest.views import ReadResource
from validation.api.filters import RunApiFilter
from validation.api.refusals import CONFLICT, Conflict, check_form, conflicts
from validation.api.shapes import given
from validation.forms.run import RunForm, WhatIfForm
from validation.models import Run
from validation.services.runs import RunError, cancel_run, start_run


class RunSerializer(RowSerializer):
    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")
    created_by = serializers.CharField(source="created_by.username", allow_null=True, default=None)

    class Meta:
        model = Run
        fields: ClassVar[tuple[str, ...]] = (
            "id", "utility", "trigger", "role", "rule_set", "against", "dry", "scope", "first_day", "last_day", "state",
            "total", "done", "counts", "error", "created_by", "created_at", "started_at", "ended_at",
        )  # fmt: skip
        extra_kwargs = {
            "counts": {"help_text": "What came of it: values, findings by rule, estimated by quality code …"},
            "scope": {"help_text": "Which series: by ids, group, segment or result group; empty: all of the utility."},
        }


class RunDetailSerializer(RunSerializer):
    result = serializers.SerializerMethodField(help_text="Of a what-if: what would come of it.")

    class Meta(RunSerializer.Meta):
        fields = (*RunSerializer.Meta.fields, "result")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_result(self, run: Run) -> Any:
        return run.result


class NewRunSerializer(serializers.Serializer[Any]):
    """Which series, one of `gsrns`, `group`, `segment`, `result_group`, or none of them: the whole utility."""

    utility = serializers.CharField(max_length=40, help_text="Code of the utility.")
    first_day = serializers.DateField()
    last_day = serializers.DateField(help_text="Included.")
    gsrns = serializers.ListField(child=serializers.CharField(max_length=18), required=False, max_length=2_000)
    group = serializers.IntegerField(required=False, min_value=1, help_text="Id of a device group.")
    segment = serializers.IntegerField(required=False, min_value=1, help_text="Id of a segment.")
    result_group = serializers.IntegerField(required=False, min_value=1, help_text="What waits in it.")
    rule_set = serializers.IntegerField(required=False, min_value=1, help_text="Without it those assigned on arrival.")
    dry = serializers.BooleanField(default=False, help_text="A what-if: nothing is stored but its `result`.")
    against = serializers.IntegerField(required=False, min_value=1, help_text="A what-if: compare with this rule set.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in _WHICH if name in attrs]
        if len(named) > 1:
            raise serializers.ValidationError({named[1]: [f"Name series by {named[0]} or by this, not by both."]})
        if "against" in attrs and not attrs["dry"]:
            raise serializers.ValidationError({"against": ["Only a what-if (`dry`) compares two sets."]})
        return attrs


_WHICH = {"gsrns": "points", "group": "group", "segment": "segment", "result_group": "result_group"}


@extend_schema_view(
    list=extend_schema(operation_id="validation_runs_list", summary="Runs of validation, newest first"),
    retrieve=extend_schema(operation_id="validation_runs_get", summary="A run of validation"),
)
@extend_schema(tags=["validation"])
class Runs(ReadResource[Run]):
    """Validation of some series over some local days; workers do it, ask the run how far it is."""

    queryset = Run.objects.select_related("utility", "created_by")
    serializer_class = RunSerializer
    detail_serializer_class = RunDetailSerializer
    filterset_class = RunApiFilter
    newest_first = True

    def permission_required(self) -> str:
        return super().permission_required() if self.action in ("list", "retrieve") else "validation.run_validation"

    @extend_schema(
        operation_id="validation_runs_create", summary="Validate, or try", request=NewRunSerializer,
        responses={202: OpenApiResponse(RunDetailSerializer, description="Ordered; ask for it by its id."), **CONFLICT},
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Needs the permission `validation.run_validation`, and the whole utility, not only segments of it."""
        user = cast("User", request.user)
        form = _form(given(NewRunSerializer, request.data), user)
        cleaned = form.cleaned_data
        first, last = form.days()
        with conflicts(RunError):
            run = start_run(
                user=user, utility=cleaned["utility"], scope=form.scope, first_day=first, last_day=last,
                rule_set=cleaned["rule_set"], against=cleaned.get("against"), dry=form.dry,
            )  # fmt: skip
        return Response(self._detail(run), status.HTTP_202_ACCEPTED)

    @extend_schema(
        operation_id="validation_runs_cancel", summary="Cancel a run", request=None,
        responses={200: OpenApiResponse(RunDetailSerializer, description="As it is now."), **CONFLICT},
    )  # fmt: skip
    def cancel(self, request: Request, pk: str) -> Response:
        """What it has stored stays. Needs the permission `validation.run_validation`."""
        run = self.get_object()
        if not cancel_run(run, cast("User", request.user)):
            raise Conflict("It has ended already.")
        run.refresh_from_db()
        return Response(self._detail(run))

    def _detail(self, run: Run) -> dict[str, Any]:
        return dict(RunDetailSerializer(run, context=self.get_serializer_context()).data)


def _form(asked: dict[str, Any], user: User) -> RunForm:
    """The form people fill in, filled in with what was asked; ValidationError by field."""
    which = next((word for name, word in _WHICH.items() if name in asked), "all")
    utility = Utility.objects.visible_to(user).filter(code=asked["utility"]).first()
    data = {**asked, "which": which, "utility": utility and utility.pk, "gsrns": " ".join(asked.get("gsrns", ()))}
    form = (WhatIfForm if asked["dry"] else RunForm)(data, user=user)
    check_form(form)
    return form
