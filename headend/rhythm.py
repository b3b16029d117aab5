"""When a schedule runs, in words."""

from headend import kinds
from headend.models import Schedule
from headend.rhythm_texts import clock, weekday_words

_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "last"}


def rhythm_words(schedule: Schedule) -> str:
    """`every 15 min, 1 min past`, `daily at 00:30`, `Mon-Fri at 06:00`, `monthly on the last Tue at 02:00`."""
    at = f"at {clock(schedule.at_minute)}"
    match schedule.rhythm:
        case Schedule.Rhythm.MINUTES:
            past = f", {schedule.at_minute} min past" if schedule.at_minute else ""
            return f"every {_span(schedule.every_min)}{past}"
        case Schedule.Rhythm.WEEKLY:
            return f"{weekday_words(schedule.weekdays)} {at}"
        case Schedule.Rhythm.MONTHLY:
            return f"monthly on {_day(schedule.month_day)} {at}"
        case Schedule.Rhythm.NTH_WEEKDAY:
            return f"monthly on the {_NTH[schedule.nth]} {weekday_words(schedule.weekdays)} {at}"
        case Schedule.Rhythm.ONCE if schedule.once_at:
            return f"once, {schedule.once_at.astimezone(schedule.utility.zone):%Y-%m-%d %H:%M}"
    return f"daily {at}"


def _day(month_day: int) -> str:
    return "the last day" if month_day == 31 else f"day {month_day}"


def _span(minutes: int) -> str:
    if minutes % 60:
        return f"{minutes} min"
    return "hour" if minutes == 60 else f"{minutes // 60} h"


def kind_name(code: str) -> str:
    """The name of a kind of job; its code when the part that knew it is not installed any more."""
    return dict(kinds.choices()).get(code, code)
