from headend.models.gap import Gap
from headend.models.job import Attempt, Job, JobItem
from headend.models.mark import ReadMark
from headend.models.push import AcceptanceRule, DiscoveredDevice, PushCounter, PushRefusal
from headend.models.schedule import Schedule

__all__ = [
    "AcceptanceRule",
    "Attempt",
    "DiscoveredDevice",
    "Gap",
    "Job",
    "JobItem",
    "PushCounter",
    "PushRefusal",
    "ReadMark",
    "Schedule",
]
