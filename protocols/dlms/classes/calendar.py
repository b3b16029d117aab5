"""Time and what happens at a time: clock, scripts, special days, calendars, schedules (Blue Book 4.5).

Names of seasons, weeks and scripts are octets: meters put letters or bare numbers there.
"""

from typing import NamedTuple

from protocols.dlms.classes.clocks import DATE_TIME, Date, DateTime, Time
from protocols.dlms.classes.codes import Code
from protocols.dlms.classes.records import ScriptName, Simple
from protocols.dlms.classes.shapes import array_of
from protocols.dlms.classes.specs import (
    BOOLEAN,
    INTEGER,
    LONG,
    LONG_UNSIGNED,
    OCTETS,
    Integer,
    LongUnsigned,
    Unsigned,
)
from protocols.dlms.classes.table import InterfaceClass, attribute, method
from protocols.dlms.clock import ClockStatus
from protocols.dlms.obis import Obis


class ClockBase(Code):
    """What drives a clock."""

    NOT_DEFINED = 0
    INTERNAL_CRYSTAL = 1
    MAINS_50_HZ = 2
    MAINS_60_HZ = 3
    GPS = 4
    RADIO = 5


class PresetTime(NamedTuple):
    """A time to set the clock to when `adjust_to_preset_time` is invoked within the interval."""

    preset_time: DateTime
    validity_interval_start: DateTime
    validity_interval_end: DateTime


class Clock(InterfaceClass, class_id=8, title="Clock"):
    time = attribute(2, DATE_TIME, dynamic=True, writable=True)
    time_zone = attribute(3, LONG, writable=True)
    status = attribute(4, ClockStatus, dynamic=True)
    daylight_savings_begin = attribute(5, DATE_TIME, writable=True)
    daylight_savings_end = attribute(6, DATE_TIME, writable=True)
    daylight_savings_deviation = attribute(7, INTEGER, writable=True)
    daylight_savings_enabled = attribute(8, BOOLEAN, writable=True)
    clock_base = attribute(9, ClockBase)
    adjust_to_quarter = method(1)
    adjust_to_measuring_period = method(2)
    adjust_to_minute = method(3)
    adjust_to_preset_time = method(4)
    preset_adjusting_time = method(5, PresetTime)
    shift_time = method(6, LONG)


class ScriptService(Code):
    """What an action of a script does."""

    WRITE = 1
    EXECUTE = 2


class ScriptAction(NamedTuple):
    """action_specification: one attribute to write or method to execute; `target` is its number."""

    service_id: ScriptService
    class_id: LongUnsigned
    logical_name: Obis
    target: Integer
    parameter: Simple


class Script(NamedTuple):
    """A script: its number and what it does, in order."""

    script_identifier: LongUnsigned
    actions: tuple[ScriptAction, ...]


class ScriptTable(InterfaceClass, class_id=9, title="Script table"):
    scripts = attribute(2, array_of(Script), writable=True)
    execute = method(1, LONG_UNSIGNED)


class SpecialDay(NamedTuple):
    """spec_day_entry: on this date the day profile `day_id` rules instead of the week's."""

    number: LongUnsigned
    date: Date
    day_id: Unsigned


class SpecialDays(InterfaceClass, class_id=11, title="Special days table"):
    entries = attribute(2, array_of(SpecialDay), writable=True)
    insert = method(1, SpecialDay)
    delete = method(2, LONG_UNSIGNED)


class Season(NamedTuple):
    """From `season_start` on the week `week_name` rules."""

    season_profile_name: bytes
    season_start: DateTime
    week_name: bytes


class Week(NamedTuple):
    """The day profile of every weekday."""

    week_profile_name: bytes
    monday: Unsigned
    tuesday: Unsigned
    wednesday: Unsigned
    thursday: Unsigned
    friday: Unsigned
    saturday: Unsigned
    sunday: Unsigned


class DayAction(NamedTuple):
    """At `start_time` the script is executed."""

    start_time: Time
    script_logical_name: Obis
    script_selector: LongUnsigned


class Day(NamedTuple):
    """A day profile."""

    day_id: Unsigned
    day_schedule: tuple[DayAction, ...]


class ActivityCalendar(InterfaceClass, class_id=20, title="Activity calendar"):
    calendar_name_active = attribute(2, OCTETS)
    season_profile_active = attribute(3, array_of(Season))
    week_profile_table_active = attribute(4, array_of(Week))
    day_profile_table_active = attribute(5, array_of(Day))
    calendar_name_passive = attribute(6, OCTETS, writable=True)
    season_profile_passive = attribute(7, array_of(Season), writable=True)
    week_profile_table_passive = attribute(8, array_of(Week), writable=True)
    day_profile_table_passive = attribute(9, array_of(Day), writable=True)
    activate_passive_calendar_time = attribute(10, DATE_TIME, writable=True)
    activate_passive_calendar = method(1)


class ScheduleType(Code):
    """How times and dates of a single action schedule may look: how many, and whether with wildcards."""

    ONE_TIME_WILDCARD_DATE = 1
    SAME_TIMES_NO_WILDCARD = 2
    SAME_TIMES_WILDCARD_DATES = 3
    TIMES_NO_WILDCARD = 4
    TIMES_WILDCARD_DATES = 5


class ExecutionTime(NamedTuple):
    """When a schedule acts."""

    time: Time
    date: Date


class SingleActionSchedule(InterfaceClass, class_id=22, title="Single action schedule"):
    executed_script = attribute(2, ScriptName, writable=True)
    type = attribute(3, ScheduleType, writable=True)
    execution_time = attribute(4, array_of(ExecutionTime), writable=True)
