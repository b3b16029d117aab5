"""Every row is seen exactly once, in order, in both directions, whatever the order and however many NULLs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.models import User
from aim.web import pagination
from aim.web.pagination import Edge, Page, Place, paginate

SIZE = 4
pytestmark = pytest.mark.django_db


@pytest.fixture
def users() -> list[User]:
    """23 users; names shared by up to four of them, a third never signed in."""
    start = datetime(2026, 3, 29, 0, 30, 0, 123456, tzinfo=UTC)
    return User.objects.bulk_create(
        User(
            username=f"user-{i:02}",
            last_name=f"Name {i % 6}",
            last_login=None if i % 3 == 0 else start + timedelta(hours=i // 2),
        )
        for i in range(23)
    )


def page_at(place: Place, order: str, descending: bool) -> Page:
    return paginate(User.objects.all(), order=order, descending=descending, size=SIZE, place=place)


def walk(order: str, descending: bool, place: Place, step: str) -> list[Page]:
    pages = [page_at(place, order, descending)]
    while token := getattr(pages[-1], step):
        place = Place.parse(token, "", last=False) if step == "next" else Place.parse("", token, last=False)
        pages.append(page_at(place, order, descending))
        assert len(pages) < 20
    return pages


def keys(pages: list[Page]) -> list[int]:
    return [row.pk for page in pages for row in page.rows]


def expected(order: str, descending: bool) -> list[int]:
    return list(User.objects.order_by(*pagination.ordering(order, descending)).values_list("pk", flat=True))


ORDERS = [
    ("username", False),
    ("last_name", False),
    ("last_name", True),
    ("last_login", False),
    ("last_login", True),
    ("pk", True),
]


@pytest.mark.parametrize(("order", "descending"), ORDERS)
def test_forward_sees_every_row_once_in_order(users: list[User], order: str, descending: bool) -> None:
    pages = walk(order, descending, Place(), "next")
    assert keys(pages) == expected(order, descending)
    assert [page.first for page in pages] == list(range(1, 24, SIZE))
    assert {page.total for page in pages} == {23}


@pytest.mark.parametrize(("order", "descending"), ORDERS)
def test_backward_from_the_end_sees_every_row_once(users: list[User], order: str, descending: bool) -> None:
    pages = walk(order, descending, Place(last=True), "previous")
    assert keys(pages[::-1]) == expected(order, descending)
    assert pages[0].to == 23 and not pages[0].next
    assert pages[-1].first == 1


def test_previous_of_next_is_the_same_page(users: list[User]) -> None:
    first = page_at(Place(), "last_name", False)
    second = page_at(Place.parse(first.next, "", last=False), "last_name", False)
    back = page_at(Place.parse("", second.previous, last=False), "last_name", False)
    assert keys([back]) == keys([first])
    assert (back.first, back.to, back.previous) == (1, SIZE, "")


@pytest.mark.parametrize(
    "token", ["", "x", "!!!", "e30", "WzFd", Edge("no date", 1, 4).token(), Edge("a", "b", 4).token()]
)
def test_a_broken_place_gives_the_first_page(users: list[User], token: str) -> None:
    page = page_at(Place.parse(token, "", last=False), "last_login", False)
    assert page.first == 1 and keys([page]) == expected("last_login", False)[:SIZE]


def test_a_deep_page_reads_no_offset_and_costs_two_queries(users: list[User]) -> None:
    deep = walk("username", False, Place(), "next")[-2]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page_at(Place.parse(deep.next, "", last=False), "username", False)
    assert len(queries) == 2
    assert all("OFFSET" not in query["sql"] for query in queries)


def test_the_count_is_bounded(users: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination, "COUNT_LIMIT", 10)
    page = page_at(Place(), "username", False)
    assert (page.total, page.more_than) == (10, True)


def test_order_by_a_related_field(users: list[User], make_user: Any) -> None:
    from guardian.shortcuts import assign_perm

    from access.models import Utility, UtilityUserPermission

    utility = Utility.objects.create(code="demo", name="Demo")
    for user in users:
        assign_perm("access.access_utility", user, utility)
    rows = UtilityUserPermission.objects.select_related("user")
    first = paginate(rows, order="user__username", descending=True, size=SIZE, place=Place())
    second = paginate(
        rows, order="user__username", descending=True, size=SIZE, place=Place.parse(first.next, "", last=False)
    )
    assert [row.user.username for row in second.rows] == ["user-18", "user-17", "user-16", "user-15"]
