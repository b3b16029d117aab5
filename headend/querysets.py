"""Which jobs a user may see, and how far they are."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Q

from access.querysets import ScopedQuerySet

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

        touched = JobItem.objects.visible_to(user).values("job")
        return self.filter(Q(pk__in=whole.values("pk")) | Q(pk__in=touched))

    def with_progress(self) -> Self:
        """Annotates `total`, `ok`, `failed` (failed, expired or cancelled) and `open` item counts."""
        return self.annotate(
            total=Count("items"),
            ok=Count("items", filter=Q(items__state="ok")),
            failed=Count("items", filter=Q(items__state__in=["failed", "expired", "cancelled"])),
            open=Count("items", filter=Q(items__state__in=["waiting", "running"])),
        )


class JobItemQuerySet(ScopedQuerySet[_Row]):
    def open(self) -> Self:
        return self.filter(state__in=["waiting", "running"])

    def tally(self) -> dict[str, int]:
        """Number of items per state."""
        return dict(self.order_by().values_list("state").annotate(Count("pk")))


JobManager = models.Manager.from_queryset(JobQuerySet)
JobItemManager = models.Manager.from_queryset(JobItemQuerySet)
