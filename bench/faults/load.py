"""How large a run is and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """`wait_s`: seconds before every further try, where the waits of the product's own rules would take too long.

    `sessions_per_cell`: limit of each cell of the network the meters are spread over.
    """

    meters: int = 1_000
    days: int = 2
    kill_every_s: float = 20.0
    at_most_s: float = 900.0
    wait_s: int | None = None
    workers: int = 2
    sessions_per_cell: int = 60
