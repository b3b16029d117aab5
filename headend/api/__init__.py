"""The head-end resources of the REST API."""

from headend.api.jobs import JobItems, Jobs
from headend.api.read_now import DeviceReadings

__all__ = ["DeviceReadings", "JobItems", "Jobs"]
