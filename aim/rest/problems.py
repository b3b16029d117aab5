"""Every error of the API in one shape: problem details (RFC 9457) with field errors and the action id."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from aim.action import action_id

CONTENT_TYPE = "application/problem+json"
_SENTENCES = {
    HTTPStatus.UNAUTHORIZED: "Sign in, or send a valid API token.",
    HTTPStatus.FORBIDDEN: "Your role does not allow this.",
    HTTPStatus.NOT_FOUND: "There is no such thing, or it is not open to you.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here. Report it with the action id.",
}
_WHOLE_REQUEST = "request"
log = structlog.get_logger("aim.rest")


class Problem(serializers.Serializer[Any]):
    """Body of every answer from 400 on; RFC 9457."""

    type = serializers.CharField(help_text="Names the kind of problem: `urn:openaim:problem:` and a word.")
    title = serializers.CharField(help_text="The kind of problem in plain words.")
    status = serializers.IntegerField(help_text="The HTTP status code.")
    detail = serializers.CharField(help_text="What is wrong with this very request.")
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        help_text="What is wrong with each field or query parameter; `request` for the request as a whole.",
    )
    action = serializers.CharField(help_text="The action id; name it when you report the problem.", allow_blank=True)


def answer(exception: Exception, context: Mapping[str, Any]) -> Response:
    """The answer to an exception in the API (`EXCEPTION_HANDLER`): never a stack trace, always a problem."""
    known = _known(exception)
    if known is None:
        log.exception("unexpected error in the API", exc_info=exception)
        got_request_exception.send(sender=None, request=context["request"]._request)
        known = exceptions.APIException(_SENTENCES[HTTPStatus.INTERNAL_SERVER_ERROR])
    set_rollback()
    # The client asked for CSV, say: a problem is JSON all the same.
    context["request"].accepted_renderer = JSONRenderer()
    context["request"].accepted_media_type = JSONRenderer.media_type
    return Response(_problem(known), known.status_code, headers=_headers(known), content_type=CONTENT_TYPE)


def _known(exception: Exception) -> exceptions.APIException | None:
    if isinstance(exception, exceptions.APIException):
        return exception
    if isinstance(exception, Http404):
        return exceptions.NotFound(_SENTENCES[HTTPStatus.NOT_FOUND])
    if isinstance(exception, PermissionDenied):
        return exceptions.PermissionDenied(str(exception) or _SENTENCES[HTTPStatus.FORBIDDEN])
    return None


def _problem(exception: exceptions.APIException) -> dict[str, Any]:
    status = HTTPStatus(exception.status_code)
    errors = dict(_flat(exception.detail)) if isinstance(exception, exceptions.ValidationError) else {}
    return {
        "type": f"urn:openaim:problem:{exception.default_code.replace('_', '-')}",
        "title": status.phrase,
        "status": int(status),
        "detail": _summary(errors) if errors else str(exception.detail),
        "errors": errors,
        "action": action_id.get(),
    }


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Nested serializer errors as `field` or `field.0` → sentences."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            step = "" if name == api_settings.NON_FIELD_ERRORS_KEY else str(name)
            yield from _flat(inner, ".".join(part for part in (path, step) if part))
    elif isinstance(detail, list):
        sentences = [str(item) for item in detail if not isinstance(item, Mapping | list)]
        if sentences:
            yield path or _WHOLE_REQUEST, sentences
        for item in detail:
            if isinstance(item, Mapping | list):
                yield from _flat(item, path)


def _summary(errors: Mapping[str, list[str]]) -> str:
    """`Check start, end: …` with the first sentence, so that a log line alone already helps."""
    return f"Check {', '.join(errors)}: {next(iter(errors.values()))[0]}"


def _headers(exception: exceptions.APIException) -> dict[str, str]:
    """Headers the status asks for: how to sign in (401), when to come back (429)."""
    headers = {}
    if scheme := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = str(scheme)
    if wait := getattr(exception, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers
