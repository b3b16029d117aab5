"""Figures for Prometheus, kept by each web process."""

from django.http import HttpRequest
from prometheus_client import Counter, Histogram

REQUESTS = Counter("openaim_requests", "Answered requests.", ["method", "view", "status"])
SECONDS = Histogram(
    "openaim_request_seconds",
    "Server time per request.",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def count_request(request: HttpRequest, status: int, seconds: float) -> None:
    """Count one answered request under its view's name: names are few, paths are not."""
    view = request.resolver_match.view_name if request.resolver_match else "unresolved"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(method, view, str(status)).inc()
    SECONDS.labels(view).observe(seconds)
