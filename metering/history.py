"""Field-level history of metering points, customers, contracts and parties (django-auditlog)."""

from auditlog.registry import auditlog

from metering.models import Contract, Customer, MeteringPoint, Party, TransformerArea


def register() -> None:
    """Record every change of master data."""
    for model in (MeteringPoint, Customer, Contract, Party, TransformerArea):
        auditlog.register(model)
