"""Customers. They are personal data: every answer leaves a record in the audit trail."""

from collections.abc import Sequence
from typing import Any, cast

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access import audit
from access.models import User
from aim.rest.fields import RowSerializer
from aim.rest.views import ReadResource
from metering.filters import CustomerApiFilter
from metering.models import Customer


class CustomerSerializer(RowSerializer):
    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")
    segment = serializers.CharField(source="segment.code", allow_null=True, default=None)

    class Meta:
        model = Customer
        fields = ("id", "number", "utility", "segment", "name", "email", "phone")


@extend_schema_view(
    list=extend_schema(operation_id="customers_list", summary="Customers"),
    retrieve=extend_schema(operation_id="customers_get", summary="A customer"),
)
@extend_schema(tags=["metering"])
class Customers(ReadResource[Customer]):
    """Who uses the energy. Reading them is recorded in the audit trail."""

    queryset = Customer.objects.select_related("utility", "segment")
    serializer_class = CustomerSerializer
    filterset_class = CustomerApiFilter

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        self._record([row["number"] for row in response.data["results"]])
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().retrieve(request, *args, **kwargs)
        self._record([response.data["number"]])
        return response

    def _record(self, numbers: Sequence[str]) -> None:
        if numbers:
            summary = f"Personal data of {len(numbers)} customers read through the API"
            audit.record("customers read", summary, user=cast(User, self.request.user), details={"customers": numbers})
