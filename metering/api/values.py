"""Values of one series or of several: columnar JSON, or CSV for spreadsheets and foreign programs."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from aim.rest import problems
from aim.rest.views import Resource
from metering.api.columns import columns
from metering.api.lines import csv_lines
from metering.api.period import MAX_VALUES_CSV, MAX_VALUES_JSON, Period, PeriodQuery, SeveralQuery, resolve
from metering.models import Series
from metering.quality import EstimationMethod

METHODS = [each.name.lower() for each in EstimationMethod if each]


class QualityRunSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="measured, suspect, rejected, estimated, final, edited, missing …")
    code = serializers.IntegerField(min_value=0, max_value=255)
    method = serializers.ChoiceField(
        choices=METHODS, allow_null=True, required=False, help_text="How it was estimated; null for no estimate."
    )
    scaled = serializers.BooleanField(required=False, help_text="Estimates add up to the difference of the register.")
    count = serializers.IntegerField(min_value=1, help_text="For how many values in a row.")


class StatusRunSerializer(serializers.Serializer[Any]):
    word = serializers.IntegerField(min_value=0, help_text="Status word as the meter sent it.")
    count = serializers.IntegerField(min_value=1)


class ColumnSerializer(serializers.Serializer[Any]):
    """Values of one series. A profile series has `start` and `step_s`; a periodic one has `at`."""

    series = serializers.IntegerField(help_text="Id of the series.")
    metering_point = serializers.IntegerField(help_text="Id of the metering point.")
    gsrn = serializers.CharField()
    obis = serializers.CharField()
    unit = serializers.CharField()
    exponent = serializers.IntegerField(help_text="A value is the integer × 10^exponent of the unit.")
    kind = serializers.ChoiceField(choices=Series.Kind.choices)
    periodicity = serializers.ChoiceField(choices=Series.Periodicity.choices)
    zone = serializers.CharField(help_text="IANA time zone of the utility.")
    start = serializers.DateTimeField(required=False, help_text="Start of the first interval, UTC.")
    step_s = serializers.IntegerField(required=False, help_text="Length of an interval in seconds.")
    at = serializers.ListField(child=serializers.DateTimeField(), required=False, help_text="Instant of each value.")
    values = serializers.ListField(child=serializers.IntegerField(allow_null=True), help_text="null: no value.")
    quality = QualityRunSerializer(many=True, help_text="What we think of the values, run by run.")
    status = StatusRunSerializer(many=True, help_text="What the meter said about them, run by run.")


class SeveralColumnsSerializer(serializers.Serializer[Any]):
    series = ColumnSerializer(many=True, help_text="In the order asked for.")


class CsvRenderer(BaseRenderer):
    """Names the format in content negotiation; the text itself is streamed."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> str:
        return "".join(data)


_HEAD = {
    "series": 17, "metering_point": 5, "gsrn": "649999990000000057", "obis": "1-0:1.29.0", "unit": "Wh", "exponent": 0,
    "kind": "consumption", "periodicity": "interval", "zone": "Europe/Helsinki",
}  # fmt: skip
_ONE = _HEAD | {
    "start": "2026-03-01T00:00:00Z",
    "step_s": 900,
    "values": [120, 95, None, 130],
    "quality": [
        {"name": "measured", "code": 0, "method": None, "scaled": False, "count": 2},
        {"name": "missing", "code": 255, "method": None, "scaled": False, "count": 1},
        {"name": "estimated", "code": 67, "method": "linear", "scaled": False, "count": 1},
    ],
    "status": [{"word": 0, "count": 4}],
}
_FORMAT = OpenApiParameter("format", str, enum=["json", "csv"], description="Instead of an Accept header.")
_CSV = OpenApiResponse(
    OpenApiTypes.STR,
    description="A line per value: series, gsrn, obis, unit, at, value, quality, status; `estimated_linear`.",
)
_NOT_FOUND = (404, problems.CONTENT_TYPE)
_PERIOD = frozenset({"start", "end", "as_of", "format"})


class _ValuesResource(Resource[Series]):
    queryset = Series.objects.select_related("metering_point__utility", "measured_property")
    renderer_classes = (JSONRenderer, CsvRenderer)
    pagination_class = None
    filter_backends = ()

    def _period(self, asked: dict[str, Any], series: Sequence[Series]) -> Period:
        return resolve(asked, series, MAX_VALUES_CSV if self._wants_csv else MAX_VALUES_JSON)

    @property
    def _wants_csv(self) -> bool:
        return bool(self.request.accepted_renderer.format == CsvRenderer.format)

    def _csv(self, series: Sequence[Series], period: Period) -> HttpResponseBase:
        response = StreamingHttpResponse(csv_lines(series, period), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="values.csv"'
        return response


@extend_schema(tags=["values"])
class SeriesValues(_ValuesResource):
    """Values of one series."""

    serializer_class = ColumnSerializer
    parameters: ClassVar[dict[str, frozenset[str]]] = {"retrieve": _PERIOD}

    @extend_schema(
        operation_id="series_values",
        summary="Values of a series",
        parameters=[PeriodQuery, _FORMAT],
        responses={(200, "application/json"): ColumnSerializer, (200, "text/csv"): _CSV},
        examples=[OpenApiExample("An hour", _ONE, media_type="application/json", response_only=True)],
    )
    def retrieve(self, request: Request, pk: str) -> HttpResponseBase:
        """The values with an instant in [start, end): as columns, or as CSV."""
        series = [self.get_object()]
        query = PeriodQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        period = self._period(query.validated_data, series)
        return self._csv(series, period) if self._wants_csv else Response(columns(series, period)[0])


@extend_schema(tags=["values"])
class Values(_ValuesResource):
    """Values of several series at once."""

    serializer_class = SeveralColumnsSerializer
    parameters: ClassVar[dict[str, frozenset[str]]] = {"several": _PERIOD | {"series"}}

    @extend_schema(
        operation_id="values",
        summary="Values of several series",
        parameters=[SeveralQuery, _FORMAT],
        responses={
            (200, "application/json"): SeveralColumnsSerializer,
            (200, "text/csv"): _CSV,
            _NOT_FOUND: OpenApiResponse(problems.Problem, description="A series is unknown or not open to the user."),
        },
        examples=[OpenApiExample("One series", {"series": [_ONE]}, media_type="application/json", response_only=True)],
    )
    def several(self, request: Request) -> HttpResponseBase:
        """The values of all series named; 404 when one of them is unknown or not open to the user."""
        query = SeveralQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        series = self._series(query.validated_data["series"])
        period = self._period(query.validated_data, series)
        return self._csv(series, period) if self._wants_csv else Response({"series": columns(series, period)})

    def _series(self, ids: list[int]) -> list[Series]:
        found = self.get_queryset().in_bulk(ids)
        missing = [str(pk) for pk in ids if pk not in found]
        if missing:
            raise NotFound(f"There is no series {', '.join(missing)}, or it is not open to you.")
        return [found[pk] for pk in ids]
