"""Bulk actions of a list: declared, permitted, confirmed. The page says how many, what, and who is left out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict


@dataclass(frozen=True)
class BulkAction:
    """Something to do with the selected rows.

    `run(request, rows)`: does it (usually: makes a job) and returns the URL to go to. `permission`: "app.action_model".
    `consequence`: one sentence for the confirmation. `eligible`: narrows the rows to those it can be done to;
    `excluded`: why the others are left out. `typed`: a word to type for dangerous actions. `note`: label of
    a text the confirmation asks for; `run` finds it as "note" in what was posted.
    """

    name: str
    label: str
    permission: str
    run: Callable[[HttpRequest, QuerySet[Any]], str]
    consequence: str = ""
    icon: str = "play"
    danger: bool = False
    eligible: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    excluded: str = ""
    typed: str = ""
    note: str = ""


@dataclass(frozen=True)
class Confirmation:
    """What is shown before `action` runs on `count` rows; `left_out` more are selected but not eligible."""

    action: BulkAction
    rows: QuerySet[Any]
    count: int
    left_out: int
    problem: str = ""

    @property
    def sample(self) -> list[Any]:
        """The first rows by name, so that the reader recognises the selection."""
        return list(self.rows[:10])

    @property
    def more(self) -> int:
        return max(self.count - 10, 0)


def selected(matching: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
    """All rows that match the filters with `all=1`, else those named by `pk`; a bad key selects nothing."""
    if query.get("all") == "1":
        return matching
    keys = [key for key in query.getlist("pk") if key.isdigit()]
    return matching.filter(pk__in=keys)


def confirmation(action: BulkAction, selection: QuerySet[Any], problem: str = "") -> Confirmation:
    eligible = action.eligible(selection) if action.eligible else selection
    count = eligible.count()
    left_out = selection.count() - count if action.eligible else 0
    return Confirmation(action, eligible, count, left_out, problem)


def problem_with(asked: Confirmation, posted: QueryDict) -> str:
    """Why the posted confirmation does not hold (empty: it does): the selection changed, or the word is wrong."""
    if not asked.count:
        return "Nothing is selected that this can be done to."
    if asked.action.typed and str(posted.get("typed", "")).strip() != asked.action.typed:
        return f'Type "{asked.action.typed}" to confirm.'
    if posted.get("count") != str(asked.count):
        return f"The selection changed meanwhile: it is now {asked.count}. Look again and confirm."
    return ""
