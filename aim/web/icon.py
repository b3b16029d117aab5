"""The icon of the site, for browsers that ask for it by its traditional name."""

from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static


def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Asked for where a page names no icon: a file, a JSON answer, the administration."""
    return HttpResponseRedirect(static("favicon.svg"))
