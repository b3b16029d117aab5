"""The one door: which rows a user may see."""

from typing import TYPE_CHECKING, ClassVar, Protocol, Self, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.models import User as DjangoUser
from django.db import models
from django.db.models import Q
from guardian.shortcuts import get_objects_for_user

if TYPE_CHECKING:
    from access.models import User

_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class Scoped(Protocol):
    """What a model declares so that the door knows where its rows belong.

    `scope_utility` and `scope_segment` are look-ups to the utility and to the segment ("metering_point__segment").
    A row without a segment is seen only by users of the whole utility.
    """

    scope_utility: ClassVar[str]
    scope_segment: ClassVar[str | None]


class ScopedQuerySet(models.QuerySet[_Row]):
    """Querysets of every model that belongs to a utility; views, API, exports and jobs begin with `visible_to`."""

    def visible_to(self, user: "User | AnonymousUser", action: str = "view") -> Self:
        """Rows on which `user` may do `action`: the role allows it and the row lies in their utilities or segments."""
        if not user.is_active or not user.has_perm(permission_name(self.model, action)):
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(self._scope(user))

    def _scope(self, user: "User | AnonymousUser") -> Q:
        from access.models import Segment, Utility

        model = cast("type[Scoped]", self.model)
        rows = Q(**{f"{model.scope_utility}__in": opened(user, "access_utility", Utility)})
        if model.scope_segment:
            rows |= Q(**{f"{model.scope_segment}__in": opened(user, "access_segment", Segment)})
        return rows


def opened(user: "User | AnonymousUser", permission: str, model: type[_Row]) -> models.QuerySet[_Row]:
    """Utilities or segments opened to the user one by one, directly or through a group."""
    return get_objects_for_user(cast("DjangoUser", user), permission, model, accept_global_perms=False)


def permission_name(model: type[models.Model], action: str) -> str:
    """`view` on MeteringPoint is `metering.view_meteringpoint`."""
    return f"{model._meta.app_label}.{action}_{model._meta.model_name}"


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)
