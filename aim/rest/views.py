"""The base of the API's resources: rows through the one door, by page or by id."""

from typing import Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from aim.rest.parameters import check_parameters
from aim.rest.permissions import MayUse
from aim.web.access import VisibleManager

_Row = TypeVar("_Row", bound=Model)


class Resource(GenericViewSet[_Row]):
    """Rows of one model behind the three questions: signed in (401), role (403), visible (404).

    A subclass sets `queryset` (with the joins its serializer needs), `serializer_class`, and where wanted
    `filterset_class`. `verbs` names the permission of an action other than "view"; `parameters` the query parameters
    an action takes besides filters and paging; any other is refused.
    """

    permission_classes = (IsAuthenticated, MayUse)
    lookup_value_regex = "[0-9]+"
    verbs: ClassVar[dict[str, str]] = {}
    parameters: ClassVar[dict[str, frozenset[str]]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_parameters(request, self.known_parameters())

    def get_queryset(self) -> QuerySet[_Row]:
        """The rows open to the user for the verb of this action; rows without a utility are open to every role."""
        rows = super().get_queryset()
        if not hasattr(rows, "visible_to"):
            return rows
        return cast("VisibleManager", rows).visible_to(self.request.user, self.verb)

    @property
    def verb(self) -> str:
        return self.verbs.get(self.action or "", "view")

    def permission_required(self) -> str:
        """The permission of the current action, e.g. `metering.view_meteringpoint`."""
        names = super().get_queryset().model._meta
        return f"{names.app_label}.{self.verb}_{names.model_name}"

    def known_parameters(self) -> frozenset[str]:
        """Query parameters the current action understands."""
        own = self.parameters.get(self.action or "", frozenset())
        if self.action != "list":
            return own
        filters = getattr(self, "filterset_class", None)
        names = frozenset(filters.base_filters) if filters is not None else frozenset()
        return own | names | frozenset(getattr(self.paginator, "parameters", ()))


class ReadResource(ListModelMixin, RetrieveModelMixin, Resource[_Row]):
    """List and detail. `detail_serializer_class`: where the detail shows more than a row of the list."""

    detail_serializer_class: ClassVar[type[Any] | None] = None

    def get_serializer_class(self) -> type[Any]:
        if self.action == "retrieve" and self.detail_serializer_class is not None:
            return self.detail_serializer_class
        return super().get_serializer_class()
