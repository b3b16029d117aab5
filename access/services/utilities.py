"""What is set up for a utility when it is made."""

from collections.abc import Callable

from access.models import Utility

on_made: list[Callable[[Utility], object]] = []
"""What other apps have for every utility, filled in by their `AppConfig.ready`; each may be called again."""


def set_up(utility: Utility) -> None:
    """Give a utility that was just made what every utility has."""
    for give in on_made:
        give(utility)
