"""What imports and exports share in the API: a row the workers work on, acts on it, and rows that belong to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from aim.rest.problems import CONTENT_TYPE, Problem
from aim.rest.views import ReadResource, Resource
from integration.api.refusals import WrongState
from integration.models import FileExport, FileImport
from integration.work.states import StateChangedError

_Work = TypeVar("_Work", FileExport, FileImport)
_Part = TypeVar("_Part", bound=Model)


def location(description: str) -> OpenApiParameter:
    """The document's words on the header that says where the row begun is asked for."""
    return OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202], description=description)


def act(name: str, summary: str, answer: str, shape: type[serializers.BaseSerializer[Any]]) -> Callable[[Any], Any]:
    """The document's words on an act without a body."""
    responses = {
        200: OpenApiResponse(shape, description=answer),
        (409, CONTENT_TYPE): OpenApiResponse(Problem, description="Its state does not allow that; `detail` says why."),
    }
    return extend_schema(operation_id=name, summary=summary, request=None, responses=responses)


class WorkResource(ReadResource[_Work]):
    """Imports or exports: the newest first, begun with 202, and changed by acts."""

    newest_first = True

    def begun(self, row: _Work) -> Response:
        """202 with the row, and where to ask for it again."""
        body = self._body(row)
        return Response(body, status.HTTP_202_ACCEPTED, headers={"Location": body["url"]})

    def do(self, request: Request, what: Callable[..., None]) -> Response:
        """The row after `what(row=…, user=…)` was done with it; 409 when its state does not allow that."""
        row = self.get_object()
        try:
            what(row=row, user=cast("User", request.user))
        except StateChangedError as error:
            raise WrongState(str(error)) from error
        return Response(self._body(row))

    def _body(self, row: _Work) -> dict[str, Any]:
        return dict(self.get_serializer(row).data)


class PartResource(ListModelMixin, Resource[_Part]):
    """What belongs to the import or export named in the address; 404 where that is not open to the user."""

    whole: ClassVar[str]
    """The relation to it, which is also what its id is called in the address."""

    def get_queryset(self) -> QuerySet[_Part]:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        wholes = cast(Any, rows.model._meta.get_field(self.whole).related_model).objects
        row = get_object_or_404(wholes.visible_to(self.request.user), pk=self.kwargs[self.whole])
        return rows.filter(**{self.whole: row})
