"""Whose rules and runs somebody may steer: rules judge whole utilities, so nobody decides about them from a segment."""

from __future__ import annotations

from django.db.models import QuerySet

from access.models import User, Utility
from access.querysets import opened


def whole_utilities(user: User) -> QuerySet[Utility]:
    """Utilities all of whose data are open to the user, not only segments of them."""
    rows: QuerySet[Utility] = Utility.objects.visible_to(user)
    return rows if user.is_superuser else rows.filter(pk__in=opened(user, "access_utility", Utility))
