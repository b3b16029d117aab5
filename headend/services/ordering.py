"""What a person or a program asks for, as an order for a job: the same words from the page and from the API."""

from collections.abc import Sequence
from datetime import timedelta

from access.models import Utility
from headend import kinds
from headend.models.job import Priority
from headend.services.jobs import Order
from headend.targets import Target, words

LONGEST_MIN = 7 * 1440
"""A job that is asked for has at most a week."""


def order_for(
    *, utility: Utility, kind: str, target: Target, what: Sequence[str], priority: Priority, minutes: int,
    keep_frames: bool = False,
) -> Order:  # fmt: skip
    """An order over `target`, titled after it; `what` counts for an on-demand reading only."""
    on_demand = kind == kinds.ON_DEMAND.code
    return Order(
        kind=kind,
        title=f"{kinds.kind(kind).name}, {words(target, utility=utility)}"[:160],
        priority=priority,
        expires_in=timedelta(minutes=minutes),
        parameters={"what": list(what)} if on_demand else {},
        target=target,
        keep_frames=keep_frames,
    )
