"""Query parameters: a misspelt or empty one is an error; a filter that does nothing shows rows nobody asked for."""

from collections.abc import Collection
from difflib import get_close_matches

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


def check_parameters(request: Request, known: Collection[str]) -> None:
    """400 that names every query parameter that is empty or outside `known`, with the known one it resembles."""
    given = request.query_params
    problems = {name: [_unknown(name, known)] for name in sorted(set(given) - set(known))}
    problems |= {name: ["Give a value, or leave it out."] for name in set(given) & set(known) if not given[name]}
    if problems:
        raise ValidationError(problems)


def _unknown(name: str, known: Collection[str]) -> str:
    alike = get_close_matches(name, known, n=1)
    hint = f"did you mean {alike[0]}?" if alike else f"there are: {', '.join(sorted(known)) or 'none'}."
    return f"No such query parameter; {hint}"
