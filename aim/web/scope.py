"""The utility a person works for, as the shell shows it: its name in the bar and its time zone on every page.

The app that knows utilities registers the provider; this module stays below it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

Person: TypeAlias = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True)
class Scope:
    """`label`: utility name, or how many utilities. `zone`: the zone times are shown in; None means the server's."""

    label: str = ""
    zone: ZoneInfo | None = None


_providers: list[Callable[[Person], Scope]] = []


def register(provider: Callable[[Person], Scope]) -> None:
    """Name the function that tells a signed-in person's scope. A later registration takes the place of an earlier."""
    _providers[:] = [provider]


def scope_of(request: HttpRequest) -> Scope:
    """The scope of the request's user, asked for once per request; empty for a visitor who has not signed in."""
    cached: Scope | None = getattr(request, "_scope", None)
    if cached is None:
        cached = _ask(getattr(request, "user", AnonymousUser()))
        request._scope = cached  # type: ignore[attr-defined]  # one request, one answer
    return cached


def _ask(user: Person) -> Scope:
    return _providers[0](user) if _providers and user.is_authenticated else Scope()


class ZoneMiddleware:
    """Times on the pages are local to the utility. After AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(scope_of(request).zone or timezone.get_default_timezone()):
            return self.get_response(request)
