"""What a reader has to say about a portion: errors one by one, notes of the same kind together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from integration.formats.nem.fields import text_of
from integration.formats.portion import Problem, Severity

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a record, or a part of it, is refused; `column` counts fields from 1, 0 for all of them."""

    reason: str
    column: int = 0
    text: str = ""


class Findings:
    """Problems of a portion on their way to the reader's user."""

    def __init__(self) -> None:
        self._errors: list[Problem] = []
        self._notes: dict[tuple[str, Severity], Problem] = {}

    def __len__(self) -> int:
        return len(self._errors)

    def error(self, line: int, fault: Fault, values: int = 0) -> None:
        """The line, or this column of it, is not taken; it held so many values."""
        column = str(fault.column) if fault.column else ""
        self._errors.append(Problem(line, fault.reason, column, fault.text[:_SHOWN], Severity.ERROR, values))

    def unreadable(self, line: int, reason: str, content: bytes, values: int = 0) -> None:
        """The whole line is not taken."""
        self.error(line, Fault(reason, text=text_of(content[:_SHOWN])), values)

    def note(self, line: int, reason: str, values: int, severity: Severity = Severity.NOTE) -> None:
        """Taken, with this to be known. The same again only counts: a habit of the sender is told once a portion."""
        known = self._notes.get((reason, severity))
        told = known or Problem(line, reason, severity=severity, values=0)
        self._notes[reason, severity] = replace(told, values=told.values + values)

    def take(self) -> tuple[Problem, ...]:
        """All so far, by line; the next portion begins without."""
        problems = sorted([*self._errors, *self._notes.values()], key=lambda problem: problem.line)
        self._errors, self._notes = [], {}
        return tuple(problems)
