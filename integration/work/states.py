"""The one way the state of an import or an export changes: a conditional UPDATE. Of two that want it, one gets it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from integration.models import FileWork


class StateChangedError(Exception):
    """The row is not, or no longer, in a state from which this can be done."""


@dataclass(frozen=True, slots=True)
class Ways:
    """From which state which others are reached, and the states in which nothing is going on any more."""

    next: Mapping[str, frozenset[str]]
    ended: Collection[str]

    def may_become(self, row: FileWork, to: str) -> bool:
        """Whether `row`, as it was read, can go over to state `to`."""
        return to in self.next[row.state]

    def move(self, row: FileWork, to: str, *, owner: str | None = None, **changes: Any) -> None:
        """Change the state of `row`, with other columns, in the database and in memory; its lease ends.

        `owner`: only while this worker holds it. StateChangedError when the way is closed or somebody was faster.
        """
        if not self.may_become(row, to):
            state = row.get_state_display().lower()
            raise StateChangedError(f"This {_noun(row)} is {state}: that cannot be done with it.")
        changes |= {"state": to, "lease_owner": "", "lease_until": None, "attempts": 0}
        changes.setdefault("finished_at", timezone.now() if to in self.ended else None)
        held = {} if owner is None else {"lease_owner": owner}
        same = type(row)._default_manager.filter(pk=row.pk, state=row.state, **held)
        if not same.update(**changes):
            raise StateChangedError(f"The state of this {_noun(row)} changed meanwhile: look at it again.")
        for name, value in changes.items():
            setattr(row, name, value)


def _noun(row: FileWork) -> str:
    return str(row._meta.verbose_name)
