"""The head-end resources of the REST API."""

from headend.api.exclusions import Exclusions
from headend.api.jobs import JobItems, Jobs
from headend.api.meter_lists import ListedMeters
from headend.api.read_now import DeviceReadings
from headend.api.schedules import Schedules
from headend.api.steering import JobSteering

__all__ = ["DeviceReadings", "Exclusions", "JobItems", "JobSteering", "Jobs", "ListedMeters", "Schedules"]
