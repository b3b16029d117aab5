"""What a request for values asks for: which period, as known when; bounded so that every answer ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from aim.rest.fields import EdgeField, InstantField, in_reach
from metering.intervals import DAY_S, local_day
from metering.models import Series

MAX_SERIES = 100
MAX_VALUES_JSON = 500_000
MAX_VALUES_CSV = 5_000_000
MAX_PERIOD = timedelta(days=3660)
# The densest a periodic series can sensibly be: on-demand registers are read by people, not by schedules.
_PERIODIC_STEP_S = DAY_S


@dataclass(frozen=True, slots=True)
class Period:
    """Values with an instant in [start, end), as stored at `as_of` (None: now)."""

    start: datetime
    end: datetime
    as_of: datetime | None


class PeriodQuery(serializers.Serializer[Any]):
    start = EdgeField(help_text="First instant, 2026-03-29T00:00:00Z, or a date: local midnight of the utility.")
    end = EdgeField(help_text="End, excluded; an instant or a date.")
    as_of = InstantField(required=False, help_text="Answer what was stored at this instant.")


class SeveralQuery(PeriodQuery):
    series = serializers.RegexField(
        r"^[0-9]{1,18}(,[0-9]{1,18})*$",
        help_text=f"Ids of up to {MAX_SERIES} series, separated by commas.",
        error_messages={"invalid": "Give ids of series separated by commas: 1,2,3."},
    )

    def validate_series(self, text: str) -> list[int]:
        ids = list(dict.fromkeys(int(part) for part in text.split(",")))
        if len(ids) > MAX_SERIES:
            raise serializers.ValidationError(f"{len(ids)} series are too many; at most {MAX_SERIES} at a time.")
        return ids


def resolve(asked: dict[str, Any], series: Sequence[Series], max_values: int) -> Period:
    """The period of a validated query over `series`; ValidationError when it is empty or holds too many values."""
    start = _instant("start", asked["start"], series)
    end = _instant("end", asked["end"], series)
    if end <= start:
        raise serializers.ValidationError({"end": ["The end must be later than the start."]})
    if end - start > MAX_PERIOD:
        raise serializers.ValidationError({"end": [f"At most {MAX_PERIOD.days} days at a time."]})
    values = sum(_slots(each, end - start) for each in series)
    if values > max_values:
        raise serializers.ValidationError(
            {"end": [f"{values} values are too many; at most {max_values} at a time. Ask for a shorter period."]}
        )
    return Period(start, end, asked.get("as_of"))


def _instant(name: str, edge: date | datetime, series: Sequence[Series]) -> datetime:
    if isinstance(edge, datetime):
        return edge
    zones = {each.metering_point.utility.time_zone for each in series}
    if len(zones) > 1:
        sentence = f"The series lie in several time zones ({', '.join(sorted(zones))}): give an instant, not a date."
        raise serializers.ValidationError({name: [sentence]})
    return in_reach(local_day(edge, ZoneInfo(zones.pop()))[0])


def _slots(series: Series, length: timedelta) -> int:
    return int(length.total_seconds()) // (series.interval_s or _PERIODIC_STEP_S) + 1
