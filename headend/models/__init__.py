from headend.models.gap import Gap
from headend.models.job import Attempt, Job, JobItem
from headend.models.mark import ReadMark
from headend.models.schedule import Schedule

__all__ = ["Attempt", "Gap", "Job", "JobItem", "ReadMark", "Schedule"]
