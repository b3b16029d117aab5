from events.models.event import Event, EventNews
from events.models.message import AlarmMessage
from events.models.outage import AreaOutage, Outage, OutageRule, PlannedOutage
from events.models.rule import AlarmRule
from events.models.voltage import VoltageBand

__all__ = [
    "AlarmMessage",
    "AlarmRule",
    "AreaOutage",
    "Event",
    "EventNews",
    "Outage",
    "OutageRule",
    "PlannedOutage",
    "VoltageBand",
]
