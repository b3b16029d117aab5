"""An alarm as it is told to the outside: plain data, the same for an event and for the outage of an area."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from events.models import AreaOutage, Event

AREA_OUTAGE = "area_outage"
NAMED = 50
"""A summary counts all alarms and names so many."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """`at` is ISO 8601 in UTC; `device` a serial number, `metering_point` a GSRN, `area` a code; empty where none."""

    kind: str
    text: str
    category: str
    severity: str
    at: str
    device: str = ""
    metering_point: str = ""
    area: str = ""


def of_event(event: Event) -> Alarm:
    """The alarm of an event that comes with its device, metering point and area."""
    point = event.metering_point
    area = point.transformer_area if point else None
    return Alarm(
        kind=event.kind, text=event.entry.text, category=event.category,
        severity=Event.Severity(event.severity).name.lower(), at=event.at.isoformat(),
        device=event.device.serial_number, metering_point=point.gsrn if point else "", area=area.code if area else "",
    )  # fmt: skip


def of_outage(outage: AreaOutage) -> Alarm:
    """The alarm of an outage of an area; a planned one is only information."""
    severity = "information" if outage.planned_id else "critical"
    text = f"Outage of {outage.area}: {outage.devices} of {outage.heard} devices"
    return Alarm(AREA_OUTAGE, text, "power", severity, outage.started_at.isoformat(), area=outage.area.code)


def single(alarm: Alarm) -> dict[str, Any]:
    """The content of a message about one alarm."""
    return {"count": 1, "alarms": [asdict(alarm)]}


def summary(before: Mapping[str, Any], alarms: Sequence[Alarm]) -> dict[str, Any]:
    """The content of a summary, with `alarms` added to what it held `before` (empty at first)."""
    named = [*before.get("alarms", ()), *map(asdict, alarms)]
    counted = Counter(before.get("by_kind", {})) + Counter(alarm.kind for alarm in alarms)
    return {"count": before.get("count", 0) + len(alarms), "by_kind": dict(counted), "alarms": named[:NAMED]}


def subject_of(content: Mapping[str, Any]) -> str:
    """One line that says what a message is about."""
    if content.get("test"):
        return "Test of an alarm rule"
    if "by_kind" in content:
        return f"{content['count']:,} alarms"
    alarm = content["alarms"][0]
    return f"{alarm['severity'].capitalize()}: {alarm['text']} {alarm['device']}".rstrip()


def body_of(content: Mapping[str, Any], zone: ZoneInfo) -> str:
    """A message in words, its times in `zone`."""
    lines = [_line(alarm, zone) for alarm in content["alarms"]]
    left = content["count"] - len(lines)
    return "\n".join([*_counts(content.get("by_kind", {})), *lines, *([f"and {left:,} more"] if left > 0 else [])])


def _counts(by_kind: Mapping[str, int]) -> Iterable[str]:
    for kind, count in sorted(by_kind.items(), key=lambda item: (-item[1], item[0])):
        yield f"{count:,} × {kind.replace('_', ' ')}"
    if by_kind:
        yield ""


def _line(alarm: Mapping[str, str], zone: ZoneInfo) -> str:
    at = datetime.fromisoformat(alarm["at"]).astimezone(zone)
    where = (("device", alarm["device"]), ("metering point", alarm["metering_point"]), ("area", alarm["area"]))
    told = ", ".join(f"{name} {value}" for name, value in where if value)
    return f"{at:%Y-%m-%d %H:%M:%S%z}  {alarm['severity']}: {alarm['text']}" + (f" ({told})" if told else "")
