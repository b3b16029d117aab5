"""Bulk actions: the confirmation says how many, what, and who is left out; nothing runs that was not shown."""

import pytest
from django.test import Client

from access.models import User
from tests.web.conftest import MakeUser


@pytest.fixture
def crowd(operator: User) -> list[User]:
    User.objects.create_superuser("root")
    return User.objects.bulk_create(User(username=f"user-{i:02}") for i in range(30))


def active() -> int:
    return User.objects.filter(is_active=True).count()


def test_confirmation_names_the_selected(signed_in: Client, crowd: list[User]) -> None:
    response = signed_in.get(f"/users/?action=deactivate&pk={crowd[0].pk}&pk={crowd[1].pk}&q=user")
    html = response.content.decode()
    assert "Deactivate: 2 users?" in html and "user-00" in html and "user-02" not in html
    assert "They can no longer sign in." in html and 'href="/users/?q=user"' in html
    assert active() == 32


def test_all_matching_goes_beyond_the_page_and_leaves_out_the_ineligible(signed_in: Client, crowd: list[User]) -> None:
    html = signed_in.get("/users/?action=deactivate&all=1").content.decode()
    assert "Deactivate: 31 users?" in html and "and 21 more" in html
    assert "1 of the selection is left out: administrators stay active." in html


def test_confirmed_action_runs_on_the_selection_only(signed_in: Client, crowd: list[User]) -> None:
    response = signed_in.post("/users/?action=deactivate&all=1&q=user-1", {"count": 10, "typed": "deactivate"})
    assert response.status_code == 302 and response["Location"] == "/users/?done=1"
    assert active() == 22


@pytest.mark.parametrize(
    ("posted", "says"),
    [
        ({"count": "10", "typed": "yes"}, "to confirm."),
        ({"count": "9", "typed": "deactivate"}, "The selection changed meanwhile: it is now 10."),
        ({"typed": "deactivate"}, "The selection changed meanwhile"),
    ],
)
def test_a_wrong_word_or_a_changed_selection_asks_again(
    signed_in: Client, crowd: list[User], posted: dict[str, str], says: str
) -> None:
    response = signed_in.post("/users/?action=deactivate&all=1&q=user-1", posted)
    assert response.status_code == 409 and says in response.content.decode()
    assert active() == 32


@pytest.mark.parametrize(
    "query", ["?action=deactivate", "?action=deactivate&pk=x&pk=0", "?action=deactivate&all=1&joined_after=x"]
)
def test_nothing_selected_runs_nothing(signed_in: Client, crowd: list[User], query: str) -> None:
    assert "No row is selected" in signed_in.get(f"/users/{query}").content.decode()
    assert signed_in.post(f"/users/{query}", {"count": 0, "typed": "deactivate"}).status_code == 409
    assert active() == 32


def test_the_action_needs_its_own_permission(make_user: MakeUser, crowd: list[User]) -> None:
    client = Client()
    client.force_login(make_user("reader", "access.view_user"))
    assert 'value="deactivate"' not in client.get("/users/").content.decode()
    url = "/users/?action=deactivate&all=1"
    assert client.get(url).status_code == 403
    assert client.post(url, {"count": 32, "typed": "deactivate"}).status_code == 403
    assert active() == 33


def test_an_unknown_action_is_a_404(signed_in: Client) -> None:
    assert signed_in.get("/users/?action=explode").status_code == 404
    assert signed_in.post("/users/").status_code == 404
