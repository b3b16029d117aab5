"""How far an administrator reaches: what they may open, which roles they may give, and whom they may look after.

Nobody hands out more than they have, and nobody looks after an account that has more than their own: whoever sets
somebody's password, or makes a token for them, can act as them. Superusers reach everything.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from access.models import (
    ApiToken,
    AuditRecord,
    Segment,
    SegmentGroupPermission,
    SegmentUserPermission,
    User,
    Utility,
    UtilityGroupPermission,
    UtilityUserPermission,
)
from access.querysets import opened


def utilities_within(user: User) -> QuerySet[Utility]:
    """Utilities of which everything is open to `user`."""
    return Utility.objects.filter(pk__in=opened(user, "access_utility", Utility).values("pk"))


def segments_within(user: User) -> QuerySet[Segment]:
    """Segments open to `user`: one by one, or with their utility."""
    one_by_one = opened(user, "access_segment", Segment).values("pk")
    return Segment.objects.filter(Q(pk__in=one_by_one) | Q(utility__in=utilities_within(user))).select_related(
        "utility"
    )


def roles_within(user: User) -> QuerySet[Group]:
    """Roles that allow and open nothing that `user` does not have."""
    if user.is_superuser:
        return Group.objects.all()
    utilities = UtilityGroupPermission.objects.exclude(content_object__in=utilities_within(user))
    segments = SegmentGroupPermission.objects.exclude(content_object__in=segments_within(user))
    above = Group.objects.filter(
        Q(permissions__in=_permissions_beyond(user))
        | Q(pk__in=utilities.values("group"))
        | Q(pk__in=segments.values("group"))
    )
    return Group.objects.exclude(pk__in=above.values("pk"))


def users_within(user: User) -> QuerySet[User]:
    """Users with some data that are open to `user` and nothing beyond: no other data, no higher role, no superusers."""
    if user.is_superuser:
        return User.objects.all()
    ours = User.objects.filter(Q(pk=user.pk) | _with_data(utilities_within(user), segments_within(user)))
    others_data = _with_data(
        Utility.objects.exclude(pk__in=utilities_within(user)), Segment.objects.exclude(pk__in=segments_within(user))
    )
    above = User.objects.filter(
        Q(is_superuser=True)
        | Q(user_permissions__in=_permissions_beyond(user))
        | Q(groups__in=Group.objects.exclude(pk__in=roles_within(user)))
        | others_data
    )
    return User.objects.filter(pk__in=ours.values("pk")).exclude(pk__in=above.values("pk"))


def tokens_within(user: User) -> QuerySet[ApiToken]:
    """Tokens of the users `user` looks after."""
    return ApiToken.objects.filter(user__in=users_within(user))


def records_within(user: User) -> QuerySet[AuditRecord]:
    """Audit records of the utilities open to `user`; those of no utility, sign-ins too, are for superusers."""
    if user.is_superuser:
        return AuditRecord.objects.all()
    return AuditRecord.objects.filter(utility_code__in=utilities_within(user).values("code"))


def _permissions_beyond(user: User) -> QuerySet[Permission]:
    held = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return Permission.objects.exclude(pk__in=held.values("pk"))


def _with_data(utilities: QuerySet[Utility], segments: QuerySet[Segment]) -> Q:
    """Users to whom one of these utilities or segments is opened, in person or through a group."""
    in_person = [
        UtilityUserPermission.objects.filter(content_object__in=utilities),
        SegmentUserPermission.objects.filter(content_object__in=segments),
    ]
    by_group = [
        UtilityGroupPermission.objects.filter(content_object__in=utilities),
        SegmentGroupPermission.objects.filter(content_object__in=segments),
    ]
    users = Q()
    for rows in in_person:
        users |= Q(pk__in=rows.values("user"))
    for groups in by_group:
        users |= Q(groups__in=groups.values("group"))
    return users
