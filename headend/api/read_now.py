"""Reading one device on demand: 202 at once, the result by asking the job."""

from typing import Any, ClassVar, cast

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from aim.rest.problems import CONTENT_TYPE, Problem
from aim.rest.views import Resource
from devices.models import Device
from headend import kinds
from headend.api.jobs import JobSerializer, job_url
from headend.api.what import WhatField
from headend.services.read_now import NotReadableError, read_now


class ReadNowSerializer(serializers.Serializer[Any]):
    what = WhatField("What to read")


class NotReadable(APIException):
    """409: the device is not installed, or has no address."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "not_readable"


@extend_schema(tags=["devices"])
class DeviceReadings(Resource[Device]):
    """On-demand readings of a device."""

    queryset = Device.objects.select_related("utility")
    serializer_class = ReadNowSerializer
    pagination_class = None
    filter_backends = ()
    verbs: ClassVar[dict[str, str]] = {"read": "read"}

    @extend_schema(
        operation_id="devices_read",
        summary="Read a device now",
        request=ReadNowSerializer,
        responses={
            202: OpenApiResponse(JobSerializer, description="Under way; ask the job at `Location`."),
            (409, CONTENT_TYPE): OpenApiResponse(Problem, description="It cannot be read now; `detail` says why."),
        },
        parameters=[
            OpenApiParameter(
                "Location", str, OpenApiParameter.HEADER, response=[202], description="Address of the job."
            )
        ],
        examples=[OpenApiExample("Registers only", {"what": ["registers"]}, request_only=True)],
    )
    def read(self, request: Request, pk: str) -> Response:
        """Start reading a device; needs the permission `devices.read_device`.

        While the same is being read on demand already, the answer is that job.
        """
        device = self.get_object()
        order = ReadNowSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        what = order.validated_data.get("what", kinds.READ_NOW)
        try:
            job = read_now(device=device, user=cast("User", request.user), what=what)
        except NotReadableError as error:
            raise NotReadable(str(error)) from error
        body = JobSerializer(job, context=self.get_serializer_context()).data
        return Response(body, status.HTTP_202_ACCEPTED, headers={"Location": job_url(job, request)})
