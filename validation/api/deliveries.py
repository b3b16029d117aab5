"""Result groups, what was delivered for billing, and what is different now."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aim.rest.fields import RowSerializer
from aim.rest.views import ReadResource
from validation.api.filters import CorrectionApiFilter, DeliveryApiFilter
from validation.api.shapes import JOINS, SERIES_FIELDS, OfSeriesSerializer
from validation.models import Correction, Delivery, ResultGroup


class ResultGroupSerializer(RowSerializer):
    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")
    owner = serializers.CharField(source="owner.username", allow_null=True, default=None)

    class Meta:
        model = ResultGroup
        fields = ("id", "utility", "name", "description", "owner", "due_hours")


@extend_schema_view(
    list=extend_schema(operation_id="result_groups_list", summary="Result groups"),
    retrieve=extend_schema(operation_id="result_groups_get", summary="A result group"),
)
@extend_schema(tags=["validation"])
class ResultGroups(ReadResource[ResultGroup]):
    """Named groups findings go to. Their findings: `/findings/?group=`."""

    queryset = ResultGroup.objects.select_related("utility", "owner")
    serializer_class = ResultGroupSerializer


class DeliverySerializer(OfSeriesSerializer):
    class Meta:
        model = Delivery
        fields = (*SERIES_FIELDS, "first_day", "last_day", "delivered_at", "receiver", "reference")


@extend_schema_view(
    list=extend_schema(operation_id="deliveries_list", summary="Deliveries for billing, newest first"),
    retrieve=extend_schema(operation_id="deliveries_get", summary="A delivery"),
)
@extend_schema(tags=["validation"])
class Deliveries(ReadResource[Delivery]):
    """Which local days of which series were exported for billing."""

    queryset = Delivery.objects.select_related(*JOINS)
    serializer_class = DeliverySerializer
    filterset_class = DeliveryApiFilter
    newest_first = True


class CorrectionSerializer(OfSeriesSerializer):
    receiver = serializers.CharField(source="delivery.receiver", help_text="Whom the day was delivered to.")
    reference = serializers.CharField(source="delivery.reference", help_text="The delivery it is about.")

    class Meta:
        model = Correction
        fields = (
            *SERIES_FIELDS, "day", "state", "before", "after", "values", "cause", "delivery", "receiver", "reference",
            "created_at", "changed_at",
        )  # fmt: skip
        extra_kwargs = {
            "before": {"help_text": "Total that was delivered; null: no value at all."},
            "after": {"help_text": "Total now; null: no value at all."},
        }


@extend_schema_view(
    list=extend_schema(operation_id="corrections_list", summary="Corrections, newest first"),
    retrieve=extend_schema(operation_id="corrections_get", summary="A correction"),
)
@extend_schema(tags=["validation"])
class Corrections(ReadResource[Correction]):
    """Delivered days that are different now. Exporting a day for billing again settles its correction."""

    queryset = Correction.objects.select_related("delivery", *JOINS)
    serializer_class = CorrectionSerializer
    filterset_class = CorrectionApiFilter
    newest_first = True
