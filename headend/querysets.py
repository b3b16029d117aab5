"""Which jobs and items a user may see, and how many items are in each state."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from access.querysets import ScopedQuerySet, opened

if TYPE_CHECKING:
    from access.models import User

_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class JobQuerySet(ScopedQuerySet[_Row]):
    def visible_to(self, user: "User | AnonymousUser", action: str = "view") -> Self:
        """Jobs of the user's utilities, and those that touch a device of one of the user's segments."""
        whole = super().visible_to(user, action)
        if user.is_superuser or not user.has_perm(f"headend.{action}_job"):
            return whole
        from headend.models import JobItem

        touched = JobItem.objects.in_segments(user).filter(job=OuterRef("pk"))
        return self.filter(Q(pk__in=whole.values("pk")) | Exists(touched))

    def whole_for(self, user: "User | AnonymousUser") -> Self:
        """Jobs of which `user` sees every device, because their utility is open to the user."""
        return super().visible_to(user)


class JobItemQuerySet(ScopedQuerySet[_Row]):
    def in_segments(self, user: "User | AnonymousUser") -> Self:
        """Items of devices in segments opened to `user`, whatever utilities are."""
        from access.models import Segment

        if not user.has_perm("headend.view_jobitem"):
            return self.none()
        # As numbers, so that the database sees how few devices there are and begins with them.
        segments = list(opened(user, "access_segment", Segment).values_list("pk", flat=True))
        return self.filter(device__segment__in=segments)

    def open(self) -> Self:
        """Items that have not ended: waiting or running."""
        return self.filter(state__in=["waiting", "running"])

    def tally(self) -> dict[str, int]:
        """Number of items per state."""
        return dict(self.order_by().values_list("state").annotate(Count("pk")))


JobManager = models.Manager.from_queryset(JobQuerySet)
JobItemManager = models.Manager.from_queryset(JobItemQuerySet)
