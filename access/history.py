"""Field-level history of users, utilities and segments (django-auditlog), for the Changes tab."""

from auditlog.registry import auditlog

from access.models import Segment, User, Utility


def register() -> None:
    """Record every change; of users neither passwords nor sign-ins, which the audit trail has."""
    auditlog.register(User, exclude_fields=["password", "last_login"], m2m_fields={"groups", "user_permissions"})
    for model in (Utility, Segment):
        auditlog.register(model)
