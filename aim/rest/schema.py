"""What the OpenAPI document says about every operation: how to sign in, and which problems may come back."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from aim.rest import problems

_ALWAYS = {
    400: "A parameter or field is wrong; `errors` says which and why.",
    401: "No token, or one that is unknown or expired.",
    403: "The role of the user does not allow this.",
    429: "Too many requests; wait for the seconds of `Retry-After`.",
}
_DETAIL = {404: "There is none with this id, or it is outside the utilities and segments of the user."}
_BODY = {415: "The body is not JSON."}
_WITH_BODY = ("POST", "PUT", "PATCH")


class BearerToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer aim_…`"""

    target_class = "access.api_auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API token; administrators make them in the admin under API tokens.",
        }


class Schema(AutoSchema):
    """Adds the problem answers to every operation and takes the summary from the first line of the docstring."""

    def _get_response_bodies(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        bodies = super()._get_response_bodies(*args, **kwargs)
        wanted = _ALWAYS | (_DETAIL if "{" in self.path else {}) | (_BODY if self.method in _WITH_BODY else {})
        for status, text in wanted.items():
            bodies.setdefault(str(status), self._problem(status, text))
        return dict(sorted(bodies.items()))

    def _problem(self, status: int, text: str) -> Any:
        response = OpenApiResponse(problems.Problem, description=text)
        return self._get_response_for_code(  # type: ignore[no-untyped-call]
            response, str(status), media_types=[problems.CONTENT_TYPE]
        )
