"""The validation resources of the REST API."""

from validation.api.deliveries import Corrections, Deliveries, ResultGroups
from validation.api.findings import Findings
from validation.api.rules import Assignments, Rules, RuleSets
from validation.api.runs import Runs

__all__ = ["Assignments", "Corrections", "Deliveries", "Findings", "ResultGroups", "RuleSets", "Rules", "Runs"]
