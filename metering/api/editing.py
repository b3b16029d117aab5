"""Changing values through the API: the same decisions, reasons and versions as on the screen."""

from datetime import datetime
from typing import Any, ClassVar, cast

import numpy as np
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from aim.rest.problems import CONTENT_TYPE, Problem
from metering.api.edits import CODES, CountsSerializer, EditSerializer
from metering.api.values import SeriesValues
from metering.intervals import day_of
from metering.models import Series
from metering.quality import Quality
from metering.services.editing import ChangedMeanwhileError, refusal_of, save
from metering.services.editing.given import (
    Given,
    GivenError,
    check_values,
    profile_instants,
    register_instants,
    stored_at,
)
from metering.services.editing.slots import Codes
from metering.store import Counts


class Conflict(APIException):
    """409: what is stored does not allow this."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


_ANSWERS = {
    200: CountsSerializer,
    (409, CONTENT_TYPE): OpenApiResponse(
        Problem, description="The series holds stands, which nobody edits; or a value changed after `based_on`."
    ),
}
_EXAMPLE = OpenApiExample(
    "Two quarter hours",
    {"start": "2026-03-01T00:00:00Z", "step_s": 900, "values": [120, 95], "reason": "Read by hand"},
    request_only=True,
)


@extend_schema(tags=["values"])
class EditableValues(SeriesValues):
    """Values of one series, to be read and changed."""

    parameters: ClassVar[dict[str, frozenset[str]]] = SeriesValues.parameters | {"change": frozenset()}

    def permission_required(self) -> str:
        return super().permission_required() if self.action == "retrieve" else "metering.edit_values"

    def get_renderers(self) -> list[Any]:
        return super().get_renderers() if self.action == "retrieve" else [JSONRenderer()]

    @extend_schema(
        operation_id="series_values_change", summary="Change values of a series", request=EditSerializer,
        responses=_ANSWERS, examples=[_EXAMPLE],
    )  # fmt: skip
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the values given as a decision with a reason; what is null stays. Needs `metering.edit_values`."""
        return self._change(request, nulls=None)

    @extend_schema(
        operation_id="series_values_replace", summary="Replace values of a series", request=EditSerializer,
        responses=_ANSWERS, examples=[_EXAMPLE],
    )  # fmt: skip
    def update(self, request: Request, pk: str) -> Response:
        """Replace a stretch of values as a decision with a reason; what is null is deleted, as a version.

        Needs `metering.edit_values`.
        """
        return self._change(request, nulls=Quality.DELETED)

    def _change(self, request: Request, nulls: Quality | None) -> Response:
        series, now = self.get_object(), timezone.now()
        if refused := refusal_of(series):
            raise Conflict(refused)
        order = EditSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        asked = order.validated_data
        try:
            given = _given(series, asked, nulls, now)
        except GivenError as error:
            raise serializers.ValidationError({error.field: [str(error)]}) from error
        return Response(_answer(_saved(series, given, asked, cast("User", request.user), now), len(given.at)))


def _given(series: Series, asked: dict[str, Any], nulls: Quality | None, now: datetime) -> Given:
    values = check_values(asked["values"])
    quality = _quality(asked.get("quality"), len(values))
    if nulls is not None:
        quality = np.where([value is None for value in asked["values"]], np.uint8(nulls), quality).astype(np.uint8)
    return Given(_instants(series, asked, len(values), now), values, quality)


def _instants(series: Series, asked: dict[str, Any], count: int, now: datetime) -> Any:
    wanted = ("start", "step_s") if series.is_profile else ("at",)
    for name in ("start", "step_s", "at"):
        if (name in asked) != (name in wanted):
            problem = "is needed" if name in wanted else "does not belong"
            raise GivenError(name, f"This {problem} here: the series is {series.rhythm}.")
    if series.is_profile:
        return profile_instants(series, asked["start"], asked["step_s"], count, now)
    if len(asked["at"]) != count:
        raise GivenError("at", f"There are {count} values and {len(asked['at'])} instants.")
    return register_instants(asked["at"], now)


def _quality(runs: list[dict[str, Any]] | None, count: int) -> Codes:
    if runs is None:
        return np.full(count, Quality.EDITED, np.uint8)
    counts = [int(run["count"]) for run in runs]
    if sum(counts) != count:  # before they are laid out: of runs there may be very many
        raise GivenError("quality", f"The runs cover {sum(counts)} values, not {count}.")
    return np.repeat(np.array([CODES[run["name"]] for run in runs], np.uint8), counts)


def _saved(series: Series, given: Given, asked: dict[str, Any], user: User, now: datetime) -> Counts:
    stored = stored_at(series, given.at, now=now)
    change = given.change(stored)
    if "based_on" in asked:
        then = stored_at(series, given.at, now=now, as_of=asked["based_on"])
        if changed := int((change.given & stored.differs_from(then)).sum()):
            raise Conflict(f"{changed} of these values changed after based_on; read them again.")
    try:
        return save(series=series, seen=stored, change=change, user=user, reason=asked["reason"], method="API")
    except ChangedMeanwhileError as error:
        raise Conflict(f"{error}; read them again.") from error


def _answer(counts: Counts, given: int) -> dict[str, Any]:
    told = counts.new + counts.changed + counts.refused
    refusals = [
        {"day": day_of(each.day).isoformat(), "values": each.values, "reason": each.reason} for each in counts.refusals
    ]
    return {
        "new": counts.new, "changed": counts.changed, "unchanged": given - told, "refused": counts.refused,
        "refusals": refusals,
    }  # fmt: skip
