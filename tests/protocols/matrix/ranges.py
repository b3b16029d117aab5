"""Parts of the day that both meters keep."""

from datetime import timedelta

from protocols.dlms.selection import Range
from tests.protocols.parties import START


def between(first: int, last: int) -> Range:
    """The rows number `first` to `last` of the profile, counted from 0, both included."""
    return Range(START + timedelta(minutes=15 * first), START + timedelta(minutes=15 * last))
