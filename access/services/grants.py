"""Opening utilities and segments to users, and giving roles."""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from guardian.shortcuts import assign_perm, remove_perm

from access import audit
from access.models import Segment, User, Utility


def give_role(*, user: User, role: str, by: User | None = None) -> None:
    """Add `user` to the group `role` (one of `access.roles.ROLES` or Administrator)."""
    user.groups.add(Group.objects.get(name=role))
    audit.record("role given", f"{user.username} is now {role}", user=by, target=user)


def open_utility(*, user: User, utility: Utility, by: User | None = None) -> None:
    """Open all data of `utility` to `user`; what they may do there is said by their roles."""
    assign_perm("access.access_utility", user, utility)
    audit.record("utility opened", f"{utility} opened to {user.username}", user=by, utility=utility, target=user)


def close_utility(*, user: User, utility: Utility, by: User | None = None) -> None:
    """Take a utility away from `user`; segments opened on their own stay open."""
    remove_perm("access.access_utility", user, utility)
    audit.record("utility closed", f"{utility} closed to {user.username}", user=by, utility=utility, target=user)


def open_segment(*, user: User, segment: Segment, by: User | None = None) -> None:
    """Open the data of one segment to `user`."""
    assign_perm("access.access_segment", user, segment)
    audit.record(
        "segment opened", f"{segment} opened to {user.username}", user=by, utility=segment.utility, target=user
    )


def close_segment(*, user: User, segment: Segment, by: User | None = None) -> None:
    """Take a segment away from `user`."""
    remove_perm("access.access_segment", user, segment)
    audit.record(
        "segment closed", f"{segment} closed to {user.username}", user=by, utility=segment.utility, target=user
    )


@transaction.atomic
def set_opened(
    *, user: User, utilities: Iterable[Utility], segments: Iterable[Segment], by: User | None = None
) -> None:
    """Let exactly these utilities and segments be opened to `user` in person; only differences are recorded."""
    wanted_utilities, wanted_segments = set(utilities), set(segments)
    now_utilities, now_segments = set(opened_utilities(user)), set(opened_segments(user))
    for utility in wanted_utilities - now_utilities:
        open_utility(user=user, utility=utility, by=by)
    for utility in now_utilities - wanted_utilities:
        close_utility(user=user, utility=utility, by=by)
    for segment in wanted_segments - now_segments:
        open_segment(user=user, segment=segment, by=by)
    for segment in now_segments - wanted_segments:
        close_segment(user=user, segment=segment, by=by)


def opened_utilities(user: User) -> QuerySet[Utility]:
    """Utilities opened to the user in person, not through a role."""
    return Utility.objects.filter(
        utilityuserpermission__user=user, utilityuserpermission__permission__codename="access_utility"
    )


def opened_segments(user: User) -> QuerySet[Segment]:
    """Segments opened to the user in person, not through a role."""
    return Segment.objects.filter(
        segmentuserpermission__user=user, segmentuserpermission__permission__codename="access_segment"
    ).select_related("utility")
