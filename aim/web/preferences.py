"""What a person chose for the look of the pages: theme, density, single-key shortcuts. Kept in one cookie.

The server writes the choice into the page, so the right theme is there with the first byte and without a script.
"""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "openaim_preferences"
YEAR_S = 365 * 24 * 3600
CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("system", "light", "dark"),
    "density": ("comfortable", "compact"),
    "shortcuts": ("on", "off"),
}


@dataclass(frozen=True)
class Preferences:
    """One value of each `CHOICES`; the first is the default."""

    theme: str = "system"
    density: str = "comfortable"
    shortcuts: str = "on"

    @classmethod
    def of(cls, request: HttpRequest | None) -> "Preferences":
        """The preferences in the request's cookie; whatever is unknown or broken falls back to the default."""
        text = request.COOKIES.get(COOKIE, "") if request is not None else ""
        return cls().changed(dict(parse_qsl(text)))

    def changed(self, wanted: dict[str, str]) -> "Preferences":
        """These preferences with the known and valid entries of `wanted`."""
        valid = {name: wanted[name] for name, values in CHOICES.items() if wanted.get(name) in values}
        return replace(self, **valid)

    def as_cookie(self) -> str:
        return urlencode({name: getattr(self, name) for name in CHOICES})


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Store the posted choices and go back to the page in `next` (only on this host)."""
    preferences = Preferences.of(request).changed({name: str(request.POST.get(name, "")) for name in CHOICES})
    response = HttpResponseRedirect(_safe(request, str(request.POST.get("next", "/"))))
    response.set_cookie(
        COOKIE, preferences.as_cookie(), max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    return response


def _safe(request: HttpRequest, url: str) -> str:
    allowed = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if allowed else "/"
