"""The list page as a browser asks for it: filters, chips, order, columns, pages, fragments, doors."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.models import User, Utility
from tests.web.conftest import MakeUser

REGION = {"HX-Request": "true", "HX-Target": "list-users"}


@pytest.fixture
def crowd(operator: User) -> list[User]:
    return User.objects.bulk_create(
        User(username=f"user-{i:02}", email=f"{i}@example.org", last_name="Blue" if i % 2 else "Green")
        for i in range(60)
    )


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/users/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_first_page_shows_position_and_rows(signed_in: Client, crowd: list[User]) -> None:
    html = page(signed_in)
    assert "1–25 of 61 users" in html
    assert html.count('name="pk"') == 25
    assert "<!doctype html>" in html and "Olli Operator" in html


def test_filter_shows_a_chip_with_a_link_that_removes_it(signed_in: Client, crowd: list[User]) -> None:
    html = page(signed_in, "?q=user-1&is_staff=false&sort=-username")
    assert "1–10 of 10 users" in html
    assert 'href="?is_staff=false&amp;sort=-username" aria-label="Remove filter Search: user-1"' in html
    assert 'aria-label="Remove filter Staff: no"' in html
    assert 'href="?sort=-username">Clear all' in html


def test_each_chosen_value_is_a_chip_of_its_own(signed_in: Client, crowd: list[User]) -> None:
    html = page(signed_in, "?groups=Blue&groups=Green")
    assert 'href="?groups=Green" aria-label="Remove filter Name: Blue"' in html
    assert "60 users" in html


def test_a_range_is_one_chip_and_goes_away_whole(signed_in: Client, crowd: list[User]) -> None:
    html = page(signed_in, "?joined_after=2026-01-01&joined_before=2199-01-01&q=user")
    assert 'href="?q=user" aria-label="Remove filter Joined: 2026-01-01 to 2199-01-01"' in html
    assert 'name="joined_after" value="2026-01-01"' in html and 'name="joined_before" value="2199-01-01"' in html


def test_an_invalid_filter_shows_its_error_and_no_rows(signed_in: Client, crowd: list[User]) -> None:
    html = page(signed_in, "?joined_after=yesterday")
    assert "Enter a valid date" in html
    assert 'data-empty="failed"' in html and 'name="pk"' not in html and 'value="yesterday"' in html


def test_no_match_and_nothing_yet_are_told_apart(signed_in: Client, crowd: list[User], make_user: MakeUser) -> None:
    assert 'data-empty="no-match"' in page(signed_in, "?q=nobody")
    viewer = Client()
    viewer.force_login(make_user("viewer", "access.view_utility"))
    html = viewer.get("/utilities/").content.decode()
    assert 'data-empty="nothing"' in html


def test_sort_links_turn_round_and_say_so(signed_in: Client, crowd: list[User]) -> None:
    html = page(signed_in, "?sort=username&q=user-0")
    assert 'aria-sort="ascending"' in html and 'href="?sort=-username&amp;q=user-0"' in html
    assert html.index("user-00") < html.index("user-09")
    html = page(signed_in, "?sort=-username&q=user-0")
    assert 'aria-sort="descending"' in html and html.index("user-09") < html.index("user-00")


@pytest.mark.parametrize(
    "query", ["?sort=password", "?sort=name", "?size=9999", "?size=x", "?columns=password", "?after=zz"]
)
def test_unknown_state_falls_back_to_the_default(signed_in: Client, crowd: list[User], query: str) -> None:
    html = page(signed_in, query)
    assert html.count('name="pk"') == 25 and 'aria-sort="ascending"' in html


def test_columns_are_chosen_and_fixed_ones_stay(signed_in: Client, crowd: list[User]) -> None:
    assert "0@example.org" not in page(signed_in)
    html = page(signed_in, "?columns=email")
    assert "0@example.org" in html and "user-00" in html and "Last sign-in</a>" not in html
    assert page(signed_in, "?columns=email,seen").count('scope="col"') == 4


def test_paging_keeps_filters_order_and_columns(signed_in: Client, crowd: list[User]) -> None:
    response = signed_in.get("/users/?q=user&sort=-username&columns=email")
    url = response.context["listing"].next_url
    assert "q=user" in url and "sort=-username" in url and "columns=email" in url
    following = signed_in.get(f"/users/{url}").content.decode()
    assert "26–50 of 60 users" in following and "user-34" in following and "user-35" not in following


def test_htmx_gets_the_region_alone(signed_in: Client, crowd: list[User]) -> None:
    response = signed_in.get("/users/?q=user-1", headers=REGION)
    html = response.content.decode()
    assert html.lstrip().startswith("<section") and "<!doctype" not in html and "1–10 of 10 users" in html
    assert "HX-Request" in response["Vary"]


def test_history_restore_gets_the_whole_page(signed_in: Client, crowd: list[User]) -> None:
    response = signed_in.get("/users/", headers={**REGION, "HX-History-Restore-Request": "true"})
    assert b"<!doctype html>" in response.content


def test_queries_do_not_grow_with_the_page(signed_in: Client, crowd: list[User]) -> None:
    counts = []
    for size in (25, 50):
        with CaptureQueriesContext(connection) as queries:
            page(signed_in, f"?size={size}")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_visitors_sign_in_first(db: None) -> None:
    response = Client().get("/users/?q=a")
    assert response.status_code == 302 and response["Location"] == "/sign-in/?next=/users/%3Fq%3Da"
    assert Client().get("/users/", headers=REGION)["HX-Refresh"] == "true"


def test_without_the_permission_the_403_page_names_the_roles(make_user: MakeUser) -> None:
    from django.contrib.auth.models import Group, Permission

    role = Group.objects.create(name="Metering <operator>")
    role.permissions.add(Permission.objects.get(codename="view_user", content_type__app_label="access"))
    client = Client()
    client.force_login(make_user("visitor"))
    response = client.get("/users/")
    assert response.status_code == 403
    assert "Metering &lt;operator&gt;" in response.content.decode()


def test_only_visible_rows_are_listed(make_user: MakeUser) -> None:
    mine = Utility.objects.create(code="mine", name="Mine")
    Utility.objects.create(code="theirs", name="Theirs")
    client = Client()
    client.force_login(make_user("viewer", "access.view_utility", utility=mine))
    html = client.get("/utilities/").content.decode()
    assert "Mine" in html and "Theirs" not in html and "1 of 1" in html


def test_cells_escape_what_they_show(signed_in: Client, operator: User) -> None:
    User.objects.create(username="aaa", first_name="<script>", last_name="& co")
    html = page(signed_in)
    assert "&lt;script&gt; &amp; co" in html and "<script> &" not in html
