"""What is wrong with a file, listed up to a limit and counted beyond."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from integration.formats.espi.limits import PROBLEMS
from integration.formats.portion import Problem, Severity


class Problems:
    """The problems of one portion. Of each reason as many as fit are listed, the others are one sum at the end."""

    def __init__(self) -> None:
        self._listed: list[Problem] = []
        self._beyond: Counter[tuple[str, str, Severity]] = Counter()
        self._last_line = 0

    def add(self, problem: Problem) -> None:
        """Note one problem."""
        self._last_line = problem.line
        if len(self._listed) < PROBLEMS:
            self._listed.append(problem)
        else:
            self._beyond[problem.reason, problem.column, problem.severity] += problem.values

    def each(
        self,
        wrong: NDArray[np.bool_],
        lines: NDArray[np.int64],
        reason: str,
        column: str,
        shown: NDArray[np.int64],
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note one problem for every reading of a mask; all arrays (m,), `shown` is what stands there."""
        places = np.flatnonzero(wrong)
        room = max(PROBLEMS - len(self._listed), 0)
        for place in places[:room].tolist():
            self.add(Problem(int(lines[place]), reason, column, str(int(shown[place])), severity))
        if len(places) > room:
            self._beyond[reason, column, severity] += len(places) - room
            self._last_line = int(lines[places[-1]])

    def take(self) -> tuple[Problem, ...]:
        """All so far, and begin anew."""
        beyond = tuple(
            Problem(self._last_line, f"and more of: {reason}", column, "", severity, values)
            for (reason, column, severity), values in self._beyond.items()
        )
        taken = (*self._listed, *beyond)
        self.__init__()  # type: ignore[misc]
        return taken

    def __len__(self) -> int:
        return len(self._listed)
