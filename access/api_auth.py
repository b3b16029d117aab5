"""Bearer tokens for programs: `Authorization: Bearer aim_…` (or `Token aim_…`)."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from access.models import ApiToken, User

_USE_RECORDED_EVERY = timedelta(minutes=1)


class TokenAuthentication(authentication.BaseAuthentication):
    keywords = ("bearer", "token")

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = authentication.get_authorization_header(request).decode("latin-1").split()
        if not parts or parts[0].lower() not in self.keywords:
            return None
        if len(parts) != 2:
            raise exceptions.AuthenticationFailed("Write the header as: Authorization: Bearer <token>")
        token = _valid_token(parts[1])
        _note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _valid_token(text: str) -> ApiToken:
    now = timezone.now()
    live = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    token = ApiToken.objects.filter(live, digest=ApiToken.digest_of(text)).select_related("user").first()
    if token is None or not token.user.is_active:
        raise exceptions.AuthenticationFailed("This token is unknown, expired or its user is inactive.")
    return token


def _note_use(token: ApiToken) -> None:
    """Record the use, but not more than once a minute: a busy client must not turn reads into writes."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > _USE_RECORDED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
