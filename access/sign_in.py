"""Every sign-in, sign-out and failed attempt goes to the audit trail, whichever door (screen or admin) was used."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from access import audit
from access.models import User


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="audit-signed-in")
    user_logged_out.connect(_signed_out, dispatch_uid="audit-signed-out")
    user_login_failed.connect(_failed, dispatch_uid="audit-sign-in-failed")


def _signed_in(*, user: User, request: HttpRequest | None, **_: Any) -> None:
    audit.record("signed in", f"{user.username} signed in", user=user, target=user, details=_origin(request))


def _signed_out(*, user: User | None, request: HttpRequest | None, **_: Any) -> None:
    if user is not None:
        audit.record("signed out", f"{user.username} signed out", user=user, target=user, details=_origin(request))


def _failed(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    name = str(credentials.get("username", ""))[:150]
    audit.record("sign-in failed", f"Sign-in as {name!r} failed", details=_origin(request))


def _origin(request: HttpRequest | None) -> dict[str, str]:
    return {"address": request.META.get("REMOTE_ADDR", "")} if request is not None else {}
