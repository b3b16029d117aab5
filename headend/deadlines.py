"""When the values of a local day are due, and up to which instant values are due by now."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from headend.due import Cutoff
from headend.models import Deadline
from metering.intervals import local_day


def due_at(deadline: Deadline, day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which the values of a local day must be there."""
    local_time = time(*divmod(deadline.at_minute, 60))
    return datetime.combine(day + timedelta(days=deadline.days_after), local_time, zone).astimezone(UTC)


def cutoffs(now: datetime) -> list[Cutoff]:
    """Up to when values are due by now, of every utility and measured property with a deadline. One query."""
    found = Deadline.objects.select_related("utility")
    return [(each.utility_id, each.measured_property_id or 0, _cutoff(each, now)) for each in found]


def _cutoff(deadline: Deadline, now: datetime) -> datetime:
    """The end of the last local day whose deadline has passed."""
    zone = deadline.utility.zone
    day = now.astimezone(zone).date() - timedelta(days=deadline.days_after)
    if due_at(deadline, day, zone) > now:
        day -= timedelta(days=1)
    return local_day(day, zone)[1]
