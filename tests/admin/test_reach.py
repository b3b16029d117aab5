"""How far an administrator reaches who is no superuser: never beyond their own data and rights."""

from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from access import audit
from access.models import ApiToken, Segment, User, Utility
from access.roles import ADMINISTRATOR, CUSTOMER_SERVICE
from access.services.grants import opened_segments, opened_utilities
from metering.models import RetentionClass
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Utility:
    return make.make_utility("energia")


@pytest.fixture
def theirs() -> Utility:
    return make.make_utility("voima")


@pytest.fixture
def administrator(ours: Utility) -> User:
    """Of one utility."""
    return make.make_user(ADMINISTRATOR, utilities=[ours], is_staff=True, username="aino")


@pytest.fixture
def client(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


def _post(client: Client, user: User, **change: Any) -> Any:
    fields: dict[str, Any] = {
        "username": user.username,
        "is_active": "on",
        "groups": [group.pk for group in user.groups.all()],
        "utilities": [utility.pk for utility in opened_utilities(user)],
        "segments": [segment.pk for segment in opened_segments(user)],
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
    }
    return client.post(reverse("admin:access_user_change", args=[user.pk]), fields | change)


def _listed(client: Client, page: str) -> set[Any]:
    return set(client.get(reverse(f"admin:{page}_changelist")).context["cl"].result_list)


def test_own_data_are_opened_to_users_of_own_data(client: Client, ours: Utility) -> None:
    segment = make.make_segment(ours)
    clerk = make.make_user(CUSTOMER_SERVICE, segments=[segment])
    assert _post(client, clerk, utilities=[ours.pk], segments=[]).status_code == 302
    assert list(opened_utilities(clerk)) == [ours]


def test_data_of_others_cannot_be_opened(client: Client, administrator: User, ours: Utility, theirs: Utility) -> None:
    response = _post(client, administrator, utilities=[ours.pk, theirs.pk])
    assert "utilities" in response.context["adminform"].form.errors
    foreign = make.make_segment(theirs)
    response = _post(client, administrator, segments=[foreign.pk])
    assert "segments" in response.context["adminform"].form.errors
    assert (list(opened_utilities(administrator)), list(opened_segments(administrator))) == ([ours], [])


def test_nobody_makes_themselves_a_superuser_or_others_staff(
    client: Client, administrator: User, ours: Utility
) -> None:
    clerk = make.make_user(CUSTOMER_SERVICE, utilities=[ours])
    for user in (administrator, clerk):
        assert _post(client, user, is_superuser="on", is_staff="on").status_code == 302
        user.refresh_from_db()
    assert (administrator.is_superuser, clerk.is_superuser, clerk.is_staff) == (False, False, False)


def test_users_with_more_are_not_seen_nor_touched(
    client: Client, administrator: User, ours: Utility, theirs: Utility
) -> None:
    clerk = make.make_user(CUSTOMER_SERVICE, utilities=[ours])
    above = Group.objects.create(name="Above")
    above.permissions.set(list(_permissions_of("axes")))
    out_of_reach = [
        make.make_administrator(),
        make.make_user(CUSTOMER_SERVICE, utilities=[theirs]),
        make.make_user(CUSTOMER_SERVICE, utilities=[ours, theirs]),
        make.make_user(CUSTOMER_SERVICE, utilities=[ours], segments=[make.make_segment(theirs)]),
        make.make_user(CUSTOMER_SERVICE),
    ]
    strong = make.make_user(CUSTOMER_SERVICE, utilities=[ours])
    strong.groups.add(above)
    assert _listed(client, "access_user") == {administrator, clerk}
    for user in (*out_of_reach, strong):
        assert _post(client, user, username="mine").status_code == 302
        password = {"password1": "another long one 1", "password2": "another long one 1"}
        assert client.post(f"/admin/access/user/{user.pk}/password/", password).status_code == 404
        assert client.post(reverse("admin:access_user_delete", args=[user.pk]), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(username="mine").exists()
    assert User.objects.filter(pk__in=[user.pk for user in (*out_of_reach, strong)]).count() == 6


def test_what_a_group_opens_counts_as_opened(client: Client, ours: Utility, theirs: Utility) -> None:
    from guardian.shortcuts import assign_perm

    team = Group.objects.create(name="Their team")
    assign_perm("access.access_utility", team, theirs)
    member = make.make_user(CUSTOMER_SERVICE, utilities=[ours])
    assert member in _listed(client, "access_user")
    member.groups.add(team)
    assert member not in _listed(client, "access_user")


def test_roles_above_the_own_cannot_be_given(client: Client, ours: Utility) -> None:
    above = Group.objects.create(name="Above")
    above.permissions.set(list(_permissions_of("axes")))
    clerk = make.make_user(CUSTOMER_SERVICE, utilities=[ours])
    assert "groups" in _post(client, clerk, groups=[above.pk]).context["adminform"].form.errors
    assert _post(client, clerk, groups=[Group.objects.get(name=ADMINISTRATOR).pk]).status_code == 302


def test_roles_and_utilities_are_the_business_of_superusers(client: Client, administrator: User) -> None:
    role = administrator.groups.get()
    change = client.post(reverse("admin:auth_group_change", args=[role.pk]), {"name": "Mine", "permissions": []})
    assert change.status_code == 403
    assert client.post(reverse("admin:auth_group_add"), {"name": "New"}).status_code == 403
    assert client.post(reverse("admin:auth_group_delete", args=[role.pk]), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:access_utility_add")).status_code == 403


def test_what_all_utilities_share_is_changed_by_superusers(client: Client) -> None:
    kept = RetentionClass.objects.create(
        name="Volts", kind="interval", series_kind="instantaneous", online_months=6, action="drop"
    )
    url = reverse("admin:metering_retentionclass_change", args=[kept.pk])
    given = {"name": "Volts", "kind": "interval", "series_kind": "instantaneous", "online_months": 3, "action": "drop"}
    assert (client.get(url).status_code, client.post(url, given).status_code) == (200, 403)
    root = Client()
    root.force_login(make.make_administrator())
    assert root.post(url, given).status_code == 302
    kept.refresh_from_db()
    assert kept.online_months == 3
    readers = reverse("admin:metering_sqlreader_changelist")
    assert (client.get(readers).status_code, root.get(readers).status_code) == (403, 200)


def test_a_new_user_begins_with_own_data(client: Client, ours: Utility) -> None:
    fields = {"username": "maija", "password1": make.PASSWORD, "password2": make.PASSWORD, "usable_password": "true"}
    refused = client.post(reverse("admin:access_user_add"), fields)
    assert "Open a utility or a segment" in refused.content.decode()
    assert not User.objects.filter(username="maija").exists()
    response = client.post(reverse("admin:access_user_add"), fields | {"utilities": [ours.pk]})
    assert response.status_code == 302
    assert list(opened_utilities(User.objects.get(username="maija"))) == [ours]


def test_tokens_are_made_and_seen_for_users_within_reach_only(client: Client, ours: Utility) -> None:
    root, clerk = make.make_administrator(), make.make_user(CUSTOMER_SERVICE, utilities=[ours])
    make.make_token(root)
    add = reverse("admin:access_apitoken_add")
    refused = client.post(add, {"user": root.pk, "name": "x"})
    assert "user" in refused.context["adminform"].form.errors
    assert client.post(add, {"user": clerk.pk, "name": "CIS"}).status_code == 302
    assert _listed(client, "access_apitoken") == {ApiToken.objects.get(user=clerk)}


def test_audit_records_and_field_history_of_others_are_not_shown(
    client: Client, ours: Utility, theirs: Utility
) -> None:
    make.make_customer(theirs, name="Secret Person")
    audit.record("tested", "of them", utility=theirs)
    record = audit.record("tested", "of us", utility=ours)
    shown = {entry for entry in _listed(client, "access_auditrecord") if entry.verb == "tested"}
    assert shown == {record}
    assert client.get(reverse("admin:auditlog_logentry_changelist")).status_code == 403
    entry = LogEntry.objects.latest("pk")
    assert client.get(reverse("admin:auditlog_logentry_change", args=[entry.pk])).status_code == 403


def test_superusers_see_the_field_history_of_all() -> None:
    root = Client()
    root.force_login(make.make_administrator())
    make.make_customer(make.make_utility("voima"), name="Known Person")
    assert b"Known Person" in root.get(reverse("admin:auditlog_logentry_changelist")).content


def test_filters_beside_a_list_name_open_rows_only(client: Client, theirs: Utility) -> None:
    page = client.get(reverse("admin:access_segment_changelist"))
    make.make_segment(theirs)
    assert theirs.name not in page.content.decode()


def test_a_change_in_the_admin_is_recorded_under_its_utility(client: Client, ours: Utility) -> None:
    segment = make.make_segment(ours)
    fields = {"utility": ours.pk, "code": segment.code, "name": "Northern shore"}
    assert client.post(reverse("admin:access_segment_change", args=[segment.pk]), fields).status_code == 302
    assert Segment.objects.get(pk=segment.pk).name == "Northern shore"
    changed = {entry.utility_code for entry in _listed(client, "access_auditrecord") if entry.verb == "changed"}
    assert changed == {ours.code}


def _permissions_of(app: str) -> Any:
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(content_type__app_label=app)
