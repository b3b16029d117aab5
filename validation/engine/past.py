"""What other days say, the judged ones among them as far as they passed. Pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from validation.estimators.history import History
from validation.facts import Facts
from validation.window import Window


def past(window: Window, facts: Facts, days: range) -> History:
    """The history of days by their distance from the first judged day; no value that fails in the window speaks for
    another. LookupError where it was not loaded."""
    if facts.history is None:
        raise LookupError("Nobody said where the values of earlier days are")
    history = facts.history(slice(None), days)
    # Backwards, so that of an hour that comes twice the first run counts, as in the history.
    columns = np.flatnonzero(window.judged)[::-1]
    day = history.positions(window.days)[window.calendar.day[columns]]
    columns, day = columns[day >= 0], day[day >= 0]
    if not columns.size:
        return history
    usable, wall = history.usable.copy(), window.calendar.wall[columns]
    usable[:, day, wall] = history.usable[:, day, wall] & window.usable[:, columns]
    return replace(history, usable=usable)
