from events.views.alarms import AlarmCount, AlarmList, AlarmNews
from events.views.events import EventList
from events.views.outages import OpenOutages, OutageList, OutagePage
from events.views.planned import NewPlannedOutage, PlannedOutageList
from events.views.rules import EditRule, NewRule, RuleAgain, RuleDelete, RuleList, RulePage, RuleSecret, RuleTest
from events.views.voltage import VoltagePage

__all__ = [
    "AlarmCount",
    "AlarmList",
    "AlarmNews",
    "EditRule",
    "EventList",
    "NewPlannedOutage",
    "NewRule",
    "OpenOutages",
    "OutageList",
    "OutagePage",
    "PlannedOutageList",
    "RuleAgain",
    "RuleDelete",
    "RuleList",
    "RulePage",
    "RuleSecret",
    "RuleTest",
    "VoltagePage",
]
