"""The pages for machines."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings


def test_healthz_answers_without_a_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_names_both_servers(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_readyz_fails_when_the_broker_is_away(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"database": "ok", "broker": "unreachable"}


def test_metrics_count_requests_by_view(client: Client) -> None:
    client.get("/healthz")
    response = client.get("/metrics")
    assert response.status_code == 200
    assert b'openaim_requests_total{method="GET",status="200",view="healthz"}' in response.content


def test_metrics_from_elsewhere_need_the_token(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "let-me-in"
    statuses = [
        client.get("/metrics", headers={"authorization": given}, REMOTE_ADDR="192.0.2.7").status_code
        for given in ("", "Bearer wrong", "Bearer let-me-in")
    ]
    assert statuses == [403, 403, 200]


def test_no_token_opens_metrics_when_none_is_set(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    response = client.get("/metrics", headers={"authorization": "Bearer "}, REMOTE_ADDR="192.0.2.7")
    assert response.status_code == 403


def test_a_caller_behind_a_local_proxy_is_not_local(client: Client) -> None:
    response = client.get("/metrics", headers={"x-forwarded-for": "192.0.2.7"})
    assert response.status_code == 403
