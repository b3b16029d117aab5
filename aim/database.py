"""From the URLs of the servers to what Django and Celery want to know."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def from_url(url: str, pool: int) -> dict[str, Any]:
    """Django's DATABASES entry for a postgresql:// URL.

    `pool` is the size of a connection pool shared by the threads of a web process. Without one, each thread
    keeps its connection and checks it before use: right for workers, which fork and hold few threads.
    """
    parts = urlsplit(url)
    options: dict[str, Any] = {"application_name": "openaim", **dict(parse_qsl(parts.query))}
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": unquote(_host(parts.netloc)),
        "PORT": str(parts.port or 5432),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "NAME": unquote(parts.path.strip("/")),
        "CONN_MAX_AGE": 0 if pool else None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def broker_url(redis_url: str) -> str:
    """The same server as Celery writes it: unix:///path?db=1 becomes redis+socket:///path?virtual_host=1."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"


def _host(netloc: str) -> str:
    """The host as written: urlsplit's lower-cases it, which breaks the folder of a unix socket."""
    host = netloc.rpartition("@")[2]
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
