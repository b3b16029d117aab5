from validation.models.deliveries import Correction, Delivery
from validation.models.findings import Finding, FindingNote, ResultGroup
from validation.models.references import CheckMeter, ReferenceValue
from validation.models.rules import Assignment, Rule, RuleSet
from validation.models.runs import Run

__all__ = [
    "Assignment",
    "CheckMeter",
    "Correction",
    "Delivery",
    "Finding",
    "FindingNote",
    "ReferenceValue",
    "ResultGroup",
    "Rule",
    "RuleSet",
    "Run",
]
