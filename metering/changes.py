"""The history of a metering point's master data: its own fields, its contracts and their customers."""

from django.db.models import Model

from access.changes import Change, changes_of
from metering.models import Contract, Customer, MeteringPoint


def changes(point: MeteringPoint, *, with_customers: bool) -> list[Change]:
    """The latest changes, newest first; those of customers only for who may see customers."""
    contracts = list(Contract.objects.filter(metering_point=point).values_list("pk", "customer"))
    rows: dict[type[Model], list[int]] = {
        MeteringPoint: [point.pk],
        Contract: [contract for contract, _ in contracts],
    }
    if not with_customers:  # a contract is named after its customer
        return changes_of(rows, hidden=["customer"], unnamed=[Contract])
    return changes_of(rows | {Customer: [customer for _, customer in contracts]})
