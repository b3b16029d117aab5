"""Query parameters: a misspelt one is an error; a filter that silently does nothing shows rows nobody asked for."""

from collections.abc import Collection
from difflib import get_close_matches

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """400 that names every query parameter outside `known`, and the known one it resembles."""
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        raise ValidationError({name: [_sentence(name, known)] for name in unknown})


def _sentence(name: str, known: Collection[str]) -> str:
    alike = get_close_matches(name, known, n=1)
    hint = f"did you mean {alike[0]}?" if alike else f"there are: {', '.join(sorted(known)) or 'none'}."
    return f"No such query parameter; {hint}"
