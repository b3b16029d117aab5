"""The one door: the role says what may be done, utilities and segments say with which data."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from access.models import Segment, User, Utility
from access.roles import ADMINISTRATOR, CUSTOMER_SERVICE, METERING_OPERATOR, ROLES, sync_roles
from access.services.grants import close_segment
from devices.models import Device
from headend.models import Job, JobItem
from metering.models import MeteringPoint, Series, TransformerArea
from tests.factories import (
    make_device,
    make_installation,
    make_job,
    make_metering_point,
    make_segment,
    make_transformer_area,
    make_user,
    make_utility,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def points() -> dict[str, MeteringPoint]:
    """A point in each of two segments, one in none, and one of another utility."""
    ours, theirs = make_utility(), make_utility("voima")
    return {
        "north": make_metering_point(ours, make_segment(ours, "north")),
        "south": make_metering_point(ours, make_segment(ours, "south")),
        "none": make_metering_point(ours),
        "theirs": make_metering_point(theirs, make_segment(theirs, "north")),
    }


def _seen(user: User | AnonymousUser, points: dict[str, MeteringPoint]) -> set[str]:
    visible = set(MeteringPoint.objects.visible_to(user).values_list("pk", flat=True))
    return {name for name, point in points.items() if point.pk in visible}


def test_a_utility_opens_all_its_rows_and_no_others(points: dict[str, MeteringPoint]) -> None:
    user = make_user(CUSTOMER_SERVICE, utilities=[make_utility()])
    assert _seen(user, points) == {"north", "south", "none"}


def test_a_segment_opens_only_its_rows(points: dict[str, MeteringPoint]) -> None:
    user = make_user(CUSTOMER_SERVICE, segments=[make_segment(make_utility(), "north")])
    assert _seen(user, points) == {"north"}


def test_what_is_opened_to_a_group_is_opened_to_its_members(points: dict[str, MeteringPoint]) -> None:
    user = make_user(CUSTOMER_SERVICE)
    team = Group.objects.create(name="Northern team")
    user.groups.add(team)
    assign_perm("access.access_segment", team, make_segment(make_utility(), "north"))
    assert _seen(user, points) == {"north"}


def test_nothing_is_seen_without_role_without_data_inactive_or_signed_out(points: dict[str, MeteringPoint]) -> None:
    utility = make_utility()
    assert _seen(make_user(utilities=[utility]), points) == set()
    assert _seen(make_user(CUSTOMER_SERVICE), points) == set()
    assert _seen(make_user(CUSTOMER_SERVICE, utilities=[utility], is_active=False), points) == set()
    assert _seen(AnonymousUser(), points) == set()


def test_an_administrator_who_is_no_superuser_sees_only_what_is_opened(points: dict[str, MeteringPoint]) -> None:
    assert _seen(make_user(ADMINISTRATOR), points) == set()
    assert _seen(make_user(ADMINISTRATOR, utilities=[make_utility("voima")]), points) == {"theirs"}


def test_a_superuser_sees_everything(points: dict[str, MeteringPoint]) -> None:
    assert _seen(make_user(is_superuser=True), points) == set(points)


def test_a_segment_that_is_closed_again_is_no_longer_seen(points: dict[str, MeteringPoint]) -> None:
    segment = make_segment(make_utility(), "north")
    user = make_user(CUSTOMER_SERVICE, segments=[segment])
    close_segment(user=user, segment=segment)
    assert _seen(User.objects.get(pk=user.pk), points) == set()


def test_the_action_is_a_permission_of_its_own() -> None:
    utility = make_utility()
    make_device(utility)
    reader = make_user(CUSTOMER_SERVICE, utilities=[utility])
    assert Device.objects.visible_to(reader, "read").count() == 1
    assert Device.objects.visible_to(reader, "delete").count() == 0


def test_rows_further_away_follow_their_metering_point(points: dict[str, MeteringPoint]) -> None:
    north = points["north"]
    for name in ("north", "south"):
        device = make_device(north.utility, points[name].segment)
        make_installation(device, points[name])
    user = make_user(CUSTOMER_SERVICE, segments=[make_segment(make_utility(), "north")])
    assert set(Series.objects.visible_to(user).values_list("metering_point", flat=True)) == {north.pk}
    assert TransformerArea.objects.visible_to(user).count() == 0
    make_transformer_area(north.utility)
    assert TransformerArea.objects.visible_to(user).count() == 0, "areas belong to the whole utility"


def test_a_job_is_seen_where_it_touches_a_device_of_the_segment(points: dict[str, MeteringPoint]) -> None:
    utility = make_utility()
    ours, other = make_device(utility, points["north"].segment), make_device(utility, points["south"].segment)
    job, elsewhere = make_job(utility, [ours, other]), make_job(utility, [other])
    user = make_user(METERING_OPERATOR, segments=[make_segment(utility, "north")])
    assert list(Job.objects.visible_to(user)) == [job]
    assert [item.device for item in JobItem.objects.visible_to(user)] == [ours]
    assert set(Job.objects.visible_to(make_user(METERING_OPERATOR, utilities=[utility]))) == {job, elsewhere}


def test_utilities_and_segments_themselves_go_through_the_door(points: dict[str, MeteringPoint]) -> None:
    user = make_user(CUSTOMER_SERVICE, utilities=[make_utility()])
    assert [utility.code for utility in Utility.objects.visible_to(user)] == ["energia"]
    assert {segment.code for segment in Segment.objects.visible_to(user)} == {"north", "south"}


def test_the_door_is_one_query(points: dict[str, MeteringPoint]) -> None:
    user = make_user(CUSTOMER_SERVICE, segments=[make_segment(make_utility(), "north")])
    list(MeteringPoint.objects.visible_to(user))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        list(MeteringPoint.objects.visible_to(user))
    assert len(queries) == 1


def test_roles_can_be_brought_up_to_date_again_and_again() -> None:
    sync_roles()
    group = Group.objects.get(name=CUSTOMER_SERVICE)
    group.permissions.clear()
    sync_roles()
    assert group.permissions.count() == len(ROLES[CUSTOMER_SERVICE])
