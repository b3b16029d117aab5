"""Exchanging the master key: every row sealed under another one is opened and sealed anew.

Each step is a transaction of its own and leaves rows of both kinds, which all open while both master keys are present.
So it may be ended at any moment and goes on where it stopped, and readings go on meanwhile.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.db.models import Count

from devices.keystore import master, rows, transport
from devices.keystore.errors import KeyStoreError
from devices.keystore.sealing import seal
from devices.models import DeviceKey
from devices.models.keys import TransportKey

AT_ONCE = 500
_Row = TypeVar("_Row", DeviceKey, TransportKey)


@dataclass(slots=True)
class Resealed:
    """So many keys are sealed under the current master key now; `unopened` names those no master key opens."""

    done: int
    unopened: list[str]


def reseal() -> Iterator[Resealed]:
    """Seal under the current master key what is not; what each step did. Keys that do not open are left as they are."""
    yield from _all_of(DeviceKey)
    yield from _all_of(TransportKey)


def counted() -> dict[str, int]:
    """How many keys are sealed under each master key, by its id; "" where the row does not say."""
    total: Counter[str] = Counter()
    for model in (DeviceKey, TransportKey):
        total.update(dict(model._default_manager.values_list("master_key").annotate(Count("pk")).order_by()))
    return dict(total)


def _all_of(model: type[_Row]) -> Iterator[Resealed]:
    last, step = _step(model, 0)
    while last:
        yield step
        last, step = _step(model, last)


@transaction.atomic
def _step(model: type[_Row], after: int) -> tuple[int, Resealed]:
    """The next rows behind the id `after`: the last id looked at (0: there are none), and what became of them."""
    rows_of = model._default_manager
    other = rows_of.exclude(master_key=master.current().id).filter(pk__gt=after)
    found = list(other.order_by("pk").select_for_update()[:AT_ONCE])
    step = Resealed(0, [])
    changed: list[_Row] = []
    for row in found:
        try:
            _seal_anew(row)
        except KeyStoreError as error:
            step.unopened.append(str(error))
        else:
            changed.append(row)
    rows_of.bulk_update(changed, ["sealed", "master_key"])
    step.done = len(changed)
    return found[-1].pk if found else 0, step


def _seal_anew(row: DeviceKey | TransportKey) -> None:
    if isinstance(row, DeviceKey):
        sealed = seal(rows.open_key(row), rows.binding(row.device_id, row.kind, row.version))
    else:
        sealed = seal(transport.secret_of(row), transport.binding(row.utility_id, row.name))
    row.master_key, row.sealed = sealed.master_key, sealed.octets
