"""What the shell shows of the person's utilities: a name in the bar and the zone times are written in."""

from typing import cast

from django.db.models import Q, QuerySet

from access.models import Segment, User, Utility
from access.querysets import opened
from aim.web.scope import Person, Scope


def scope(person: Person) -> Scope:
    """The utility by name, or how many there are; the zone only where all utilities share it. One query."""
    utilities = list(open_utilities(cast(User, person)))
    zones = {utility.time_zone for utility in utilities}
    label = utilities[0].name if len(utilities) == 1 else f"{len(utilities)} utilities" if utilities else ""
    return Scope(label, utilities[0].zone if len(zones) == 1 else None)


def open_utilities(user: User) -> QuerySet[Utility]:
    """The utilities of which at least a segment is open to `user`."""
    if user.is_superuser:
        return Utility.objects.all()
    whole = opened(user, "access_utility", Utility)
    parts = opened(user, "access_segment", Segment)
    rows: QuerySet[Utility] = Utility.objects.filter(Q(pk__in=whole) | Q(pk__in=parts.values("utility")))
    return rows
