"""Global search: every app registers what it can find. One exact hit jumps to its page, several are listed by kind.

    search.register(Provider("Devices", "devices.view_device", find_devices))

`find_devices(user, text, limit)` returns hits the user may see, exact ones marked; `text` has at least two characters.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from aim.web.access import may

LIMIT = 20
SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    """One thing found. `exact`: the text is its whole number, not a part of it."""

    label: str
    detail: str
    url: str
    exact: bool = False


Find: TypeAlias = Callable[[Any, str, int], Sequence[Hit]]


@dataclass(frozen=True)
class Provider:
    label: str
    permission: str
    find: Find


@dataclass(frozen=True)
class Results:
    """The hits of one provider; `more` when there may be others beyond `LIMIT`."""

    label: str
    hits: Sequence[Hit]
    more: bool


_providers: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    """Add what can be found; the label names it and is unique."""
    _providers[provider.label] = provider


def results_for(request: HttpRequest, text: str) -> list[Results]:
    """What the request's user finds under `text`, by provider, without the empty ones."""
    if len(text) < SHORTEST:
        return []
    asked = [provider for provider in _providers.values() if may(request, provider.permission)]
    found = [(provider, list(provider.find(request.user, text, LIMIT + 1))) for provider in asked]
    return [Results(provider.label, hits[:LIMIT], len(hits) > LIMIT) for provider, hits in found if hits]


@login_required
def view(request: HttpRequest) -> HttpResponse:
    """The page of results, or the jump to the one exact hit."""
    text = request.GET.get("q", "").strip()
    results = results_for(request, text)
    exact = {hit.url for group in results for hit in group.hits if hit.exact}
    if len(exact) == 1:
        return HttpResponseRedirect(exact.pop())
    return render(request, "web/search.html", {"search_text": text, "results": results, "shortest": SHORTEST})
