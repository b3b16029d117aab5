"""Every sign-in, sign-out, failed attempt and lock-out goes to the audit trail, whichever door (screen or admin).

A try at a locked door leaves no record: the lock-out has one, and nobody fills the trail from outside by trying on.
"""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from access import audit
from access.models import User


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="audit-signed-in")
    user_logged_out.connect(_signed_out, dispatch_uid="audit-signed-out")
    user_login_failed.connect(_failed, dispatch_uid="audit-sign-in-failed")
    user_locked_out.connect(_locked_out, dispatch_uid="audit-locked-out")


def _signed_in(*, user: User, request: HttpRequest | None, **_: Any) -> None:
    audit.record("signed in", f"{user.username} signed in", user=user, target=user, details=_origin(request))


def _signed_out(*, user: User | None, request: HttpRequest | None, **_: Any) -> None:
    if user is not None:
        audit.record("signed out", f"{user.username} signed out", user=user, target=user, details=_origin(request))


def _failed(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    if not _was_locked(request):
        name = str(credentials.get("username", ""))[:150]
        audit.record("sign-in failed", f"Sign-in as {name!r} failed", details=_origin(request))


def _locked_out(*, request: HttpRequest, username: str | None, **_: Any) -> None:
    """Sent by axes for the failure that locks and for every later try."""
    if not _was_locked(request):
        name = (username or "")[:150]
        audit.record("locked out", f"Sign-in as {name!r} locked after too many failures", details=_origin(request))


def _was_locked(request: HttpRequest | None) -> bool:
    """Whether the door was locked before this try: axes says locked and did not count the failure."""
    return getattr(request, "axes_locked_out", False) and getattr(request, "axes_failures_since_start", None) is None


def _origin(request: HttpRequest | None) -> dict[str, str]:
    return {"address": request.META.get("REMOTE_ADDR", "")} if request is not None else {}
