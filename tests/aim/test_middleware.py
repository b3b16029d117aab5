"""What every answer carries."""

import json
import logging

import pytest
from django.test import Client

from aim import action, logs


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
