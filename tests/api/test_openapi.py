"""The OpenAPI document: current, valid, complete; and the API keeps to it, whatever is thrown at it."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import yaml
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from access.roles import METERING_OPERATOR
from aim.places import BASE
from aim.wsgi import application
from tests import factories as make
from tests.api.scene import START, Scene

DOCUMENT = BASE / "docs/reference/openapi.yaml"
VERBS = {"get", "post", "put", "patch", "delete"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
document: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text())
schema = schemathesis.openapi.from_dict(document)
schema.app = application
operations = [
    pytest.param(path, operation, id=operation["operationId"])
    for path, item in document["paths"].items()
    for verb, operation in item.items()
    if verb in VERBS
]


def test_the_document_in_the_repository_is_current(tmp_path: Any) -> None:
    """`manage.py spectacular --file docs/reference/openapi.yaml` renews it; warnings fail here."""
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(fresh), validate=True, fail_on_warn=True)
    assert fresh.read_text() == DOCUMENT.read_text()


def test_the_site_serves_the_document(client: Client) -> None:
    response = client.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi"})
    assert yaml.safe_load(response.content)["paths"].keys() == document["paths"].keys()


@pytest.mark.parametrize(("path", "operation"), operations)
def test_every_operation_is_described(path: str, operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["tags"]
    assert {"400", "401", "403", "429"} <= operation["responses"].keys()
    assert ("404" in operation["responses"]) or "{" not in path
    for status, response in operation["responses"].items():
        assert response["description"] or status == "200"
        assert ("content" in response) is (status != "204")
        assert (list(response.get("content", ())) == ["application/problem+json"]) is (status >= "400")


@pytest.fixture
def one_connection(db: None) -> Iterator[None]:
    """The application works in the transaction of the test instead of closing its connection after every request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=6, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
def test_the_api_keeps_to_the_document(one_connection: None, scene: Scene, case: Any) -> None:
    """Valid and invalid requests of every operation, always the same ones, against the application and its database.

    Asked by somebody whose role is refused nothing that the API offers: a 403 would end every request at the door.
    """
    make.make_values(scene.north.series, START, [1, 2, 3])
    operator = make.make_user(METERING_OPERATOR, utilities=[scene.utility])
    headers = {"Authorization": f"Bearer {make.make_token(operator)}"}
    case.call_and_validate(headers=headers, checks=CHECKS)


def test_the_docs_page_keeps_to_the_content_security_policy(client: Client) -> None:
    page = client.get("/api/docs/")
    html = page.content.decode()
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "<style" not in html
    assert html.count("<script") == html.count("<script src=") == 3
    script = client.get("/api/docs/?script=")
    assert script.headers["Content-Type"].startswith("application/javascript")
