from headend.models.job import Attempt, Job, JobItem
from headend.models.schedule import Schedule

__all__ = ["Attempt", "Job", "JobItem", "Schedule"]
