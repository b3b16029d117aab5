"""Field-level history of what validation is told by people (django-auditlog)."""

from auditlog.registry import auditlog

from validation.models import Assignment, CheckMeter, ReferenceValue, ResultGroup, Rule, RuleSet


def register() -> None:
    """Record changes people make; that a set has a new version is no change of its own."""
    auditlog.register(RuleSet, exclude_fields=["version", "changed_at"])
    for model in (Assignment, CheckMeter, ReferenceValue, ResultGroup, Rule):
        auditlog.register(model)
