"""The page "Network segments": what the limited parts of the network carry now."""

import logging
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from redis.exceptions import RedisError

from aim.web.access import PermissionGate
from aim.web.empty import EmptyState
from headend.permits.overview import loads
from metering.views.people import user_of

log = logging.getLogger(__name__)

_NOTHING = EmptyState(
    "nothing",
    "No limited segment in use",
    "An administrator sets limits for concentrators, cells and APNs; what is asked of them then appears here.",
)
_AWAY = EmptyState(
    "failed",
    "Nothing is known of the segments just now",
    "The server that keeps the permits does not answer. Each worker keeps to its share of the limits meanwhile.",
)


class SegmentsPage(PermissionGate):
    """The page, or what changes of it when it asks for itself again."""

    permission_required: ClassVar[str] = "headend.view_segmentlimit"

    def get(self, request: HttpRequest) -> HttpResponse:
        context: dict[str, object] = {"title": "Network segments", "empty": _NOTHING}
        context["lead"] = "Sessions at once and new connections per second, where they are limited."
        try:
            context["loads"] = loads(user_of(request), timezone.now())
        except RedisError as error:
            log.warning("segments cannot be shown: %s", error)
            context["empty"] = _AWAY
        part = request.headers.get("HX-Request")
        return render(request, "headend/parts/segments.html" if part else "headend/segments.html", context)
