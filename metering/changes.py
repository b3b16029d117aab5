"""The history of a metering point's master data: its own fields, its contracts and their customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q

from metering.models import Contract, Customer, MeteringPoint

MOST_CHANGES = 200
_ACTIONS = {LogEntry.Action.CREATE: "Created", LogEntry.Action.UPDATE: "Changed", LogEntry.Action.DELETE: "Deleted"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change: when, who, to what, and each field before and after."""

    at: datetime
    who: str
    what: str
    action: str
    fields: Sequence[FieldChange]


def changes(point: MeteringPoint, *, with_customers: bool) -> list[Change]:
    """The latest changes, newest first; those of customers only for who may see customers."""
    contracts = list(Contract.objects.filter(metering_point=point).values_list("pk", "customer"))
    wanted = _of(MeteringPoint, [point.pk]) | _of(Contract, [contract for contract, _ in contracts])
    if with_customers:
        wanted |= _of(Customer, [customer for _, customer in contracts])
    entries = LogEntry.objects.filter(wanted).select_related("actor", "content_type").order_by("-timestamp", "-id")
    return [_change(entry, with_customers) for entry in entries[:MOST_CHANGES]]


def _of(model: type[Model], ids: Sequence[int]) -> Q:
    return Q(content_type=ContentType.objects.get_for_model(model), object_id__in=ids)


def _change(entry: Any, with_customers: bool) -> Change:
    """A contract is named after its customer, so without customers it is only called a contract."""
    shown = (entry.changes_display_dict or {}).items()
    hidden = {"ID"} if with_customers else {"ID", "customer"}
    fields = [FieldChange(name, *_pair(pair)) for name, pair in sorted(shown) if name not in hidden]
    named = with_customers or entry.content_type.model == MeteringPoint._meta.model_name
    what = f"{entry.content_type.name} {entry.object_repr if named else ''}".strip()
    return Change(entry.timestamp, str(entry.actor or "the system"), what, _ACTIONS.get(entry.action, ""), fields)


def _pair(pair: Sequence[Any]) -> tuple[str, str]:
    before, after = (("" if side in (None, "None") else str(side)) for side in pair)
    return before, after
