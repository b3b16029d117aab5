"""When a schedule runs, in words."""

from headend import kinds
from headend.models import Schedule


def rhythm_words(schedule: Schedule) -> str:
    """`every 15 min, 1 min past`, `every hour, 5 min past`, `daily at 00:30`."""
    hours, minutes = divmod(schedule.at_minute, 60)
    if schedule.rhythm == Schedule.Rhythm.DAILY:
        return f"daily at {hours:02}:{minutes:02}"
    past = f", {schedule.at_minute} min past" if schedule.at_minute else ""
    return f"every {_span(schedule.every_min)}{past}"


def _span(minutes: int) -> str:
    if minutes % 60:
        return f"{minutes} min"
    return "hour" if minutes == 60 else f"{minutes // 60} h"


def kind_name(code: str) -> str:
    """The name of a kind of job; its code when the part that knew it is not installed any more."""
    return dict(kinds.choices()).get(code, code)
