"""Opening utilities and segments to users, and giving roles."""

from django.contrib.auth.models import Group
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
