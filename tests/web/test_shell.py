"""The frame of every page: navigation, search, preferences, zone, error pages, style guide."""

from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.test import Client

from access.models import User
from aim.web import navigation, scope, search
from tests.web.conftest import MakeUser


def test_navigation_shows_what_the_user_may_open_and_marks_the_page(signed_in: Client) -> None:
    navigation.register(
        navigation.Entry("Utilities", "utilities", "globe", section="Network", permission="access.view_utility"),
        navigation.Entry("Users", "users", "users", section="Network", permission="access.view_user", shortcut="u"),
    )
    html = signed_in.get("/users/").content.decode()
    assert '<a href="/users/" aria-current="page" data-shortcut="g u">' in html and "Utilities" not in html


def test_a_shortcut_belongs_to_one_entry() -> None:
    navigation.register(navigation.Entry("Users", "users", "users", shortcut="u"))
    with pytest.raises(ValueError, match="belongs to 'Users'"):
        navigation.register(navigation.Entry("Utilities", "utilities", "globe", shortcut="u"))
    with pytest.raises(ValueError, match="section"):
        navigation.register(navigation.Entry("Utilities", "utilities", "globe", section="Elsewhere"))


def find_users(user: object, text: str, limit: int) -> list[search.Hit]:
    rows = User.objects.filter(username__icontains=text)[:limit]
    return [search.Hit(row.username, "user", f"/users/?q={row.username}", row.username == text) for row in rows]


def test_search_lists_hits_and_jumps_to_the_one_exact(signed_in: Client, make_user: MakeUser) -> None:
    search.register(search.Provider("Users", "access.view_user", find_users))
    make_user("meter1")
    make_user("meter11")
    assert signed_in.get("/search/?q=meter").content.decode().count("/users/?q=meter") == 2
    assert signed_in.get("/search/?q=meter1")["Location"] == "/users/?q=meter1"
    assert "Nothing found" in signed_in.get("/search/?q=nobody").content.decode()
    assert "at least 2 characters" in signed_in.get("/search/?q=m").content.decode()


def test_search_asks_only_providers_the_user_may(make_user: MakeUser) -> None:
    search.register(search.Provider("Users", "access.view_user", find_users))
    client = Client()
    client.force_login(make_user("visitor"))
    assert "Nothing found" in client.get("/search/?q=visitor").content.decode()
    assert Client().get("/search/?q=visitor").status_code == 302


def test_the_icon_is_found_by_its_traditional_name(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].endswith(".svg")


def test_preferences_are_kept_in_a_cookie_and_written_into_the_page(signed_in: Client) -> None:
    response = signed_in.post("/preferences/", {"theme": "dark", "next": "/users/"})
    assert response["Location"] == "/users/" and response.cookies["openaim_preferences"]["httponly"]
    signed_in.post("/preferences/", {"density": "compact"})
    html = signed_in.get("/users/").content.decode()
    assert 'data-theme="dark" data-density="compact"' in html


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_preferences_lead_nowhere_else(client: Client, target: str) -> None:
    assert client.post("/preferences/", {"theme": "dark", "next": target})["Location"] == "/"


def test_broken_preferences_fall_back(signed_in: Client) -> None:
    signed_in.cookies["openaim_preferences"] = 'theme=<script>&density=%00&x"'
    html = signed_in.get("/users/").content.decode()
    assert 'data-density="comfortable"' in html and "data-theme" not in html


def test_the_scope_names_the_utility_and_sets_the_zone(signed_in: Client, operator: User, settings: object) -> None:
    from django.utils import timezone

    scope.register(lambda user: scope.Scope("Demo <Energia>", ZoneInfo("Europe/Helsinki")))
    assert "Demo &lt;Energia&gt;" in signed_in.get("/users/").content.decode()
    seen = []
    middleware = scope.ZoneMiddleware(lambda request: seen.append(timezone.get_current_timezone_name()))  # type: ignore[arg-type,return-value]
    request = signed_in.get("/users/").wsgi_request
    request.user = operator
    middleware(request)
    assert seen == ["Europe/Helsinki"]


def test_error_pages(signed_in: Client) -> None:
    response = signed_in.get("/nowhere/")
    assert response.status_code == 404 and "There is nothing here for you" in response.content.decode()
    assert "Something went wrong" in render_to_string("500.html")


def test_sign_in_page_keeps_the_way_back_and_ties_the_error(db: None) -> None:
    html = Client().get("/sign-in/?next=/users/").content.decode()
    assert '<input type="hidden" name="next" value="/users/">' in html and 'for="id_username"' in html


def test_style_guide_is_for_administrators(signed_in: Client, make_user: MakeUser) -> None:
    assert signed_in.get("/styleguide/").status_code == 403
    client = Client()
    client.force_login(make_user("boss", is_staff=True, is_superuser=True))
    for path in ("/styleguide/", "/styleguide/list/", "/styleguide/chart/?days=30"):
        assert client.get(path).status_code == 200
    assert len(client.get("/styleguide/chart.json?days=2").json()["series"][0]["values"]) == 192
