"""How large a run is and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What is read, and how often workers are killed: `kills` times, or to the end where that is None.

    `hasty` spares waiting that proves nothing new: a meter is silent for 3 seconds instead of 20, tries follow after a
    second, two of them, and what a killed worker had leased is free at once.
    """

    meters: int = 1_000
    kill_every_s: float = 20.0
    kills: int | None = None
    at_most_s: float = 900.0
    hasty: bool = False
    workers: int = 3
    sessions_per_cell: int = 60
