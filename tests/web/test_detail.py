"""Object pages: tabs with URLs, one door, 404 for what is not there or not for this user."""

import pytest
from django.test import Client

from access.models import User, Utility
from tests.web.conftest import MakeUser


@pytest.fixture
def utility(db: None) -> Utility:
    made = Utility.objects.create(code="demo", name="Demo & Energia", time_zone="Europe/Helsinki")
    made.segments.create(code="north", name="North")
    return made


@pytest.fixture
def viewer(make_user: MakeUser, utility: Utility) -> User:
    return make_user("viewer", "access.view_utility", utility=utility)


@pytest.fixture
def client(viewer: User) -> Client:
    client = Client()
    client.force_login(viewer)
    return client


def test_first_tab_has_strip_context_and_links(client: Client, utility: Utility) -> None:
    html = client.get(f"/utilities/{utility.pk}/").content.decode()
    assert "<h1>Demo &amp; Energia</h1>" in html and "zone Europe/Helsinki" in html and "<dt>Code</dt>" in html
    assert f'<a href="/utilities/{utility.pk}/" aria-current="page">Overview</a>' in html
    assert f'<a href="/utilities/{utility.pk}/segments/">Segments<span class="count">1</span></a>' in html
    assert "Tokens" not in html


def test_every_tab_has_its_url(client: Client, utility: Utility) -> None:
    assert "Tab Segments" in client.get(f"/utilities/{utility.pk}/segments/").content.decode()


@pytest.mark.parametrize("tab", ["nothing/", "tokens/"])
def test_unknown_and_forbidden_tabs_are_404(client: Client, utility: Utility, tab: str) -> None:
    assert client.get(f"/utilities/{utility.pk}/{tab}").status_code == 404


def test_missing_and_invisible_look_the_same(client: Client) -> None:
    other = Utility.objects.create(code="other", name="Other")
    hidden, missing = client.get(f"/utilities/{other.pk}/"), client.get("/utilities/999999/")
    assert hidden.status_code == missing.status_code == 404
    assert "There is nothing here for you" in hidden.content.decode() and "Other" not in hidden.content.decode()
