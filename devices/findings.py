"""What a check of a description file found: how bad, where, what, and what to write instead."""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Severity(StrEnum):
    """ERROR: the file cannot be used so. WARNING: it can, but something will be missing. NOTE: good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """`place` is a path in the file, as `profiles[1-0:99.1.0].rows`; `advice` is empty where `text` says what to do."""

    severity: Severity
    place: str
    text: str
    advice: str = ""


def error(place: str, text: str, advice: str = "") -> Finding:
    return Finding(Severity.ERROR, place, text, advice)


def warning(place: str, text: str, advice: str = "") -> Finding:
    return Finding(Severity.WARNING, place, text, advice)


def note(place: str, text: str, advice: str = "") -> Finding:
    return Finding(Severity.NOTE, place, text, advice)


def instead(word: object, known: Collection[str]) -> str:
    """Advice for a word that is not one of `known`: the nearest one, or where there are few all of them."""
    same = [each for each in known if each.lower() == str(word).lower()]
    near = same or get_close_matches(str(word), known, n=1, cutoff=0.6)
    if near:
        return f"Write {near[0]!r}."
    return f"Write one of {', '.join(known)}." if len(known) <= 12 else ""
