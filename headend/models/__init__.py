from headend.models.clock import ClockCorrection, ClockPolicy
from headend.models.delivery import Deadline, DeliveryCount, Exclusion, GapBudget
from headend.models.frames import Frames
from headend.models.gap import Gap
from headend.models.job import Attempt, Job, JobItem
from headend.models.mark import ReadMark
from headend.models.meter_list import FollowPolicy, ListedMeter, MeterList, WayChange
from headend.models.network import NetworkReading
from headend.models.push import AcceptanceRule, DiscoveredDevice, PushCounter, PushRefusal
from headend.models.retry import RetryRule
from headend.models.schedule import Schedule
from headend.models.segment import SegmentLimit

__all__ = [
    "AcceptanceRule",
    "Attempt",
    "ClockCorrection",
    "ClockPolicy",
    "Deadline",
    "DeliveryCount",
    "DiscoveredDevice",
    "Exclusion",
    "FollowPolicy",
    "Frames",
    "Gap",
    "GapBudget",
    "Job",
    "JobItem",
    "ListedMeter",
    "MeterList",
    "NetworkReading",
    "PushCounter",
    "PushRefusal",
    "ReadMark",
    "RetryRule",
    "Schedule",
    "SegmentLimit",
    "WayChange",
]
