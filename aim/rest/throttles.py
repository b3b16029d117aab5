"""How many requests a minute; counted in the cache, and not at all while the cache is away."""

from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

if TYPE_CHECKING:  # the views of REST framework load these classes while they are loaded themselves
    from rest_framework.views import APIView

log = structlog.get_logger("aim.rest")


class _WhileCounted(SimpleRateThrottle):
    """A limit is a courtesy among clients, not a lock: without its counter requests go through, and the log says so."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError as error:
            log.warning("request not counted: the cache is away", error=str(error))
            return True


class PerAddress(_WhileCounted, AnonRateThrottle):
    """Requests without a user, by the address of the caller."""


class PerUser(_WhileCounted, UserRateThrottle):
    """Requests of a user."""
