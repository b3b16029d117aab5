"""The two questions every page asks: may this role do this (403 page), and does this row exist for this user (404)?"""

from typing import Any, ClassVar, Protocol, cast

from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.generic import View

from aim.web.errors import forbidden


class VisibleManager(Protocol):
    """The one door: a manager whose rows are limited to what a user may see."""

    def visible_to(self, user: Any, action: str = ...) -> QuerySet[Any]: ...


class PermissionGate(View):
    """Visitors sign in first; users without `permission_required` get the 403 page that names the roles that may."""

    permission_required: ClassVar[str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _sign_in(request)
        if not may(request, self.permission_required):
            return forbidden(request, permission=self.permission_required)
        return super().dispatch(request, *args, **kwargs)


class VisibleMixin(View):
    """Rows come through `visible_to`. Set `model`, or override `get_queryset` to add joins and annotations."""

    model: ClassVar[type[Model]]
    visible_action: ClassVar[str] = "view"

    def get_queryset(self) -> QuerySet[Any]:
        manager = cast("VisibleManager", self.model._default_manager)
        return manager.visible_to(self.request.user, self.visible_action)

    def get_visible_or_404(self, **lookup: Any) -> Any:
        """The one row of `get_queryset()` matching `lookup`, else 404: a hidden row and a missing one look the same."""
        return get_object_or_404(self.get_queryset(), **lookup)


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page; a fragment's request loads its whole page again, which then leads there."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect_to_login(request.get_full_path())


def may(request: HttpRequest, permission: str) -> bool:
    """Whether the request's user holds `permission` ("app.action_model"); an empty permission is open to all."""
    user = request.user
    return not permission or (isinstance(user, PermissionsMixin) and user.has_perm(permission))
