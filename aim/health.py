"""Pages for machines: is the process alive, are its servers reachable, and what do its counters say."""

import hmac
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

LOOPBACK = {"127.0.0.1", "::1"}
BROKER_TIMEOUT_S = 2


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 if database and broker answer, else 503; the body says which one does not."""
    states = {"database": _answers(_ask_database), "broker": _answers(_ask_broker)}
    return JsonResponse(states, status=200 if set(states.values()) == {"ok"} else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Counters in Prometheus' text form, for this machine or whoever shows OPENAIM_METRICS_TOKEN."""
    if not (_is_local(request) or _shows_token(request)):
        return HttpResponseForbidden("metrics: from this machine, or with a bearer token\n", content_type="text/plain")
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _answers(ask: Callable[[], object]) -> str:
    try:
        ask()
    except (Error, redis.RedisError):
        return "unreachable"
    return "ok"


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=BROKER_TIMEOUT_S) as client:
        client.ping()


def _is_local(request: HttpRequest) -> bool:
    """True for a caller on this machine; a proxy on this machine names the real one in X-Forwarded-For."""
    return request.META.get("REMOTE_ADDR") in LOOPBACK and "HTTP_X_FORWARDED_FOR" not in request.META


def _shows_token(request: HttpRequest) -> bool:
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given.encode(), expected.encode())
