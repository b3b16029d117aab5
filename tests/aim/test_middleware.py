"""What every answer carries."""

import json
import logging
from ipaddress import ip_network

import pytest
from django.test import Client
from pytest_django import Settings

from access.models import AuditRecord
from aim import action, logs
from aim.env import Network
from aim.middleware import caller_address
from tests.factories import make_user


def test_every_request_has_an_action_id_of_its_own(client: Client) -> None:
    first, second = (client.get("/healthz")["X-Action-Id"] for _ in range(2))
    assert len(first) == 32
    assert first != second
    assert action.action_id.get() == ""


@pytest.mark.parametrize("path", ["/healthz", "/no-such-page"])
def test_the_browser_is_confined(client: Client, path: str) -> None:
    response = client.get(path)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


def test_log_lines_carry_the_action_id() -> None:
    formatter = logging.config.DictConfigurator(logs.standard_configuration("INFO", "json"))
    line = formatter.configure_formatter(formatter.config["formatters"]["line"])
    record = logging.LogRecord("some.library", logging.WARNING, __file__, 1, "meter %s is late", ("M1",), None)
    with action.bind("a" * 32):
        content = json.loads(line.format(record))
    assert content["event"] == "meter M1 is late"
    assert (content["action"], content["level"], content["logger"]) == ("a" * 32, "warning", "some.library")


def test_actions_nest_and_end() -> None:
    with action.bind("outer"):
        with action.bind(action.new_action()) as inner:
            assert action.action_id.get() == inner
        assert action.action_id.get() == "outer"


PROXIES: list[Network] = [ip_network("127.0.0.0/8"), ip_network("::1"), ip_network("10.0.0.0/24")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        ("127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "6.6.6.6, 192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "6.6.6.6, 192.0.2.7, 10.0.0.9", "192.0.2.7"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.7, <script>", "127.0.0.1"),
        ("127.0.0.1", "10.0.0.8, 10.0.0.9", "10.0.0.8"),
        ("192.0.2.7", "6.6.6.6", "192.0.2.7"),
    ],
)
def test_the_caller_is_the_nearest_address_that_is_no_proxy(peer: str, forwarded: str, caller: str) -> None:
    assert caller_address(peer, forwarded, PROXIES) == caller


@pytest.mark.django_db
def test_behind_a_proxy_the_lock_out_and_the_record_know_the_caller(settings: Settings) -> None:
    settings.PROXY = True
    user = make_user()
    attempt = {"username": user.username, "password": "wrong"}
    hostile = {"x-forwarded-for": "6.6.6.6, 192.0.2.66"}
    for _ in range(settings.AXES_FAILURE_LIMIT):
        locked = Client().post("/sign-in/", attempt, headers=hostile)
    assert locked.status_code == 429
    elsewhere = Client().post("/sign-in/", attempt, headers={"x-forwarded-for": "192.0.2.7"})
    assert elsewhere.status_code == 200
    assert AuditRecord.objects.get(verb="locked out").details == {"address": "192.0.2.66"}


@pytest.mark.django_db
def test_without_a_proxy_nobody_chooses_their_address() -> None:
    user = make_user()
    client = Client()
    client.post("/sign-in/", {"username": user.username, "password": "wrong"}, headers={"x-forwarded-for": "6.6.6.6"})
    assert AuditRecord.objects.get(verb="sign-in failed").details == {"address": "127.0.0.1"}
