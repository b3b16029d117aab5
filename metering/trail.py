"""Master data whose every change is kept field by field, for the Changes tab."""

from auditlog.registry import auditlog

from metering.models import Contract, Customer, MeteringPoint, Party, TransformerArea


def connect() -> None:
    for model in (MeteringPoint, TransformerArea, Customer, Contract, Party):
        auditlog.register(model)
