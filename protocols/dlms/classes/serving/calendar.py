"""Calendars, scripts and special days of a meter: written as passive, taken over at once or by the meter's clock."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from protocols.dlms.classes.calendar import ActivityCalendar, Script, ScriptTable, SpecialDay, SpecialDays
from protocols.dlms.classes.server import ServerObject
from protocols.dlms.obis import Obis
from protocols.dlms.tags import ActionResult
from protocols.dlms.wildcards import CosemDateTime

CALENDAR = Obis.parse("0-0:13.0.0")
SPECIAL_DAYS = Obis.parse("0-0:11.0.0")
PARTS = ("calendar_name", "season_profile", "week_profile_table", "day_profile_table")
MAX_SPECIAL_DAYS = 1000
Execute = Callable[[Script], ActionResult | None]
_NEVER = CosemDateTime()


def activity_calendar(
    active: Mapping[str, Any],
    obis: Obis = CALENDAR,
    on_activate: Callable[[ServerObject], None] | None = None,
) -> ServerObject:
    """Class 20: `active` holds the four PARTS by name; the passive ones begin empty and are written by clients.

    Invoking activate_passive_calendar, or the meter through `activate(calendar)` when the time has come, makes the
    passive parts active; `on_activate` is told.
    """
    values: dict[str, Any] = {f"{part}_active": active.get(part, _empty(part)) for part in PARTS}
    values |= {f"{part}_passive": _empty(part) for part in PARTS}
    values["activate_passive_calendar_time"] = _NEVER

    def take_over(_: None) -> None:
        activate(calendar)
        if on_activate is not None:
            on_activate(calendar)

    calendar = ServerObject(
        ActivityCalendar, obis, values, writable=None, actions={"activate_passive_calendar": take_over}
    )
    return calendar


def activate(calendar: ServerObject) -> None:
    """Make the passive parts active; parts nobody has written stay as they are."""
    for part in PARTS:
        passive = calendar[f"{part}_passive"]
        if passive:
            calendar[f"{part}_active"] = passive


def _empty(part: str) -> bytes | tuple[()]:
    return b"" if part == "calendar_name" else ()


def script_table(
    obis: Obis, scripts: Sequence[Script], execute: Callable[[Script], ActionResult | None]
) -> ServerObject:
    """Class 9: `execute` does a script when a client, a schedule or a calendar asks for it by number."""

    def run(number: int) -> ActionResult | None:
        found = next((script for script in table["scripts"] if script.script_identifier == number), None)
        return ActionResult.OBJECT_UNDEFINED if found is None else execute(found)

    table = ServerObject(ScriptTable, obis, {"scripts": tuple(scripts)}, writable=None, actions={"execute": run})
    return table


def special_days(days: Sequence[SpecialDay] = (), obis: Obis = SPECIAL_DAYS) -> ServerObject:
    """Class 11: days may be written whole, inserted and deleted by number."""

    def insert(day: SpecialDay) -> ActionResult | None:
        others = tuple(other for other in table["entries"] if other.number != day.number)
        if len(others) >= MAX_SPECIAL_DAYS:
            return ActionResult.OTHER_REASON
        table["entries"] = (*others, day)
        return None

    def delete(number: int) -> ActionResult | None:
        others = tuple(day for day in table["entries"] if day.number != number)
        if len(others) == len(table["entries"]):
            return ActionResult.OBJECT_UNDEFINED
        table["entries"] = others
        return None

    table = ServerObject(
        SpecialDays,
        obis,
        {"entries": tuple(days)},
        writable=None,
        actions={"insert": insert, "delete": delete},
    )
    return table
