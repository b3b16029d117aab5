"""Field-level history of schedules (django-auditlog)."""

from auditlog.registry import auditlog

from headend.models import ClockPolicy, FollowPolicy, Schedule, SegmentLimit


def register() -> None:
    """Record changes people make; when a schedule ran is not one."""
    auditlog.register(Schedule, exclude_fields=["next_run_at", "last_run_at"])
    auditlog.register(ClockPolicy)
    auditlog.register(FollowPolicy)
    auditlog.register(SegmentLimit)
