"""Middleware of every request: the action id, and the headers that confine the browser."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from aim import action, metrics

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
