"""Exchanging the master key: every row sealed under another one is opened and sealed anew.

Each step is a transaction of its own and leaves rows of both kinds, which all open while both master keys are present.
So it may be ended at any moment and goes on where it stopped, and readings go on meanwhile.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Model

from devices.keystore import master, rows, transport
from devices.keystore.columns import SealedColumn
from devices.keystore.errors import KeyStoreError

AT_ONCE = 500
_covered: dict[type[Model], SealedColumn[Any]] = {each.model: each for each in (rows.SEALED, transport.SEALED)}


@dataclass(slots=True)
class Resealed:
    """So many keys are sealed under the current master key now; `unopened` names those no master key opens."""

    done: int
    unopened: list[str]


def cover(column: SealedColumn[Any]) -> None:
    """Let every exchange of the master key and every count take in these secrets too; for `AppConfig.ready`."""
    _covered[column.model] = column


def reseal() -> Iterator[Resealed]:
    """Seal under the current master key what is not; what each step did. Keys that do not open are left as they are."""
    for column in _covered.values():
        yield from _all_of(column)


def counted() -> dict[str, int]:
    """How many keys are sealed under each master key, by its id; "" where the row does not say."""
    total: Counter[str] = Counter()
    for column in _covered.values():
        total.update(dict(column.held.order_by().values_list(column.master_key).annotate(Count("pk"))))
    return dict(total)


def _all_of(column: SealedColumn[Any]) -> Iterator[Resealed]:
    last, step = _step(column, 0)
    while last:
        yield step
        last, step = _step(column, last)


@transaction.atomic
def _step(column: SealedColumn[Any], after: int) -> tuple[int, Resealed]:
    """The next rows behind the id `after`: the last id looked at (0: there are none), and what became of them."""
    other = column.held.exclude(**{column.master_key: master.current().id}).filter(pk__gt=after)
    found = list(other.select_for_update()[:AT_ONCE])
    step = Resealed(0, [])
    changed: list[Model] = []
    for row in found:
        try:
            _seal_anew(column, row)
        except KeyStoreError as error:
            step.unopened.append(str(error))
        else:
            changed.append(row)
    column.model._default_manager.bulk_update(changed, column.fields)
    step.done = len(changed)
    return found[-1].pk if found else 0, step


def _seal_anew(column: SealedColumn[Any], row: Model) -> None:
    column.put(row, column.open(row))
