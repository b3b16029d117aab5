"""Who is looking: the request's user with its type."""

from typing import cast

from django.http import HttpRequest

from access.models import User


def user_of(request: HttpRequest) -> User:
    """The signed-in user; pages ask only after the gate has let them in."""
    return cast(User, request.user)
