"""Middleware of every request: who calls, the action id, and the headers that confine the browser."""

import time
from collections.abc import Callable, Sequence
from ipaddress import ip_address

import structlog
from auditlog.middleware import AuditlogMiddleware
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from aim import action, metrics
from aim.env import Network

Answer = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("aim.request")

# Own files only: no inline script or style, no frames, no plug-ins. A page that needs more sets its own header.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def caller_address(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """The address that called the outermost of our proxies: the right-most one of the chain that is not one of them.

    `forwarded` is X-Forwarded-For: every proxy adds its caller at the right end. What stands left of the first address
    that is no proxy was written by the caller and proves nothing; nor does what is no address.
    """
    address = peer
    for hop in reversed([hop.strip() for hop in forwarded.split(",")]):
        if not (_is_one_of(address, proxies) and _is_address(hop)):
            break
        address = hop
    return address


def _is_one_of(address: str, networks: Sequence[Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class CallerMiddleware:
    """Behind a proxy: REMOTE_ADDR becomes the caller's address, for lock-outs, limits and records alike."""

    def __init__(self, answer: Answer) -> None:
        if not settings.PROXY:
            raise MiddlewareNotUsed
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        peer, forwarded = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
        request.META["REMOTE_ADDR"] = caller_address(peer, forwarded, settings.PROXIES)
        return self.answer(request)


class HistoryMiddleware(AuditlogMiddleware):  # type: ignore[misc]
    """Field history knows who and from where; auditlog itself believes what callers write into X-Forwarded-For."""

    @staticmethod
    def _get_remote_addr(request: HttpRequest) -> str | None:
        return request.META.get("REMOTE_ADDR")


class ActionMiddleware:
    """Gives each request an action id, returns it as X-Action-Id, logs and counts the answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        with action.bind(action.new_action()) as current:
            response = self.answer(request)
            seconds = time.perf_counter() - began
            response["X-Action-Id"] = current
            metrics.count_request(request, response.status_code, seconds)
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                ms=round(seconds * 1000),
            )
        return response


class SecurityHeadersMiddleware:
    """Sets the security headers a view has not set itself."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
