"""What copying between days means where a day has 23 or 25 hours, or is of another kind: said to whoever copies."""

from datetime import date, timedelta

from metering.intervals import local_day
from metering.services.editing.target import Target

_TWICE_HERE = "The hour that comes twice takes the one hour of the other day twice."
_NOT_HERE = "The hour this day does not have is left out."
_TWICE_THERE = "Of the hour that comes twice there, the first is taken."
_NOT_THERE = "The hour that is missing there is taken from the hour after it."


def copy_rules(target: Target, other: date) -> list[str]:
    """How the days from `other` on become those of `target`, in sentences."""
    own = target.first
    several = ", and the days after it likewise" if target.end - target.start > timedelta(hours=25) else ""
    rules = [f"{_named(other)} is copied to {_named(own)}{several}."]
    if _kind(own) != _kind(other):
        rules.append(f"The kinds of day differ: a {_kind(other)} is copied to a {_kind(own)}.")
    return rules + _lengths(target, other)


def _lengths(target: Target, other: date) -> list[str]:
    last = (target.end - timedelta(seconds=1)).astimezone(target.zone).date()
    found: dict[str, None] = {}
    for number in range((last - target.first).days + 1):
        here, there = (_hours(first + timedelta(days=number), target) for first in (target.first, other))
        found |= dict.fromkeys(_rules_of(here, there))
    return list(found)


def _rules_of(here: float, there: float) -> list[str]:
    """The rules for one day of `here` hours that takes the values of one of `there` hours."""
    unusual = [f"A day of {hours:g} hours is among them." for hours in sorted({here, there} - {24})]
    if here == there:
        return unusual
    own = [_TWICE_HERE] if here > 24 else [_NOT_HERE] if here < 24 else []
    return unusual + own + ([_TWICE_THERE] if there > 24 else [_NOT_THERE] if there < 24 else [])


def _hours(day: date, target: Target) -> float:
    start, end = local_day(day, target.zone)
    return (end - start) / timedelta(hours=1)


def _named(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _kind(day: date) -> str:
    return {5: "Saturday", 6: "Sunday"}.get(day.weekday(), "working day")
