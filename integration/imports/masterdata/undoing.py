"""Taking back master data, chunk by chunk, the last one first.

Rows that were made are removed where nothing refers to them and nobody edited them; columns that were changed are put
back where they are still as the import left them. What cannot be taken back stays, is named with its line, and so stays
what the line did besides and would be taken back after it: a device whose installation stays is not half undone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from access import audit, bulk
from access.models import User
from devices.models import Device, DeviceKey, Installation
from devices.services.life_cycle import State as DeviceState
from devices.services.life_cycle import move
from integration.imports.holding import Held
from integration.imports.masterdata.checking import require_permission
from integration.imports.masterdata.effects import Effect, thawed
from integration.imports.masterdata.kinds import Kind
from integration.imports.masterdata.objections import objections
from integration.imports.states import State
from integration.imports.tally import Tally
from integration.models import ExternalId, ImportChunk, ImportRow
from metering.models import BoundaryStand, Contract, Customer, MeteringPoint, Multiplier, TransformerArea
from metering.services.boundaries import record_boundaries, remove_boundaries
from metering.services.factors import remove_multipliers, set_multipliers

ORDER: tuple[type[Model], ...] = (
    DeviceKey, Installation, Multiplier, BoundaryStand, Contract, ExternalId, Device, MeteringPoint, Customer,
    TransformerArea,
)  # fmt: skip
"""What refers to other rows goes before them."""
KEPT = 300


@dataclass(frozen=True, slots=True)
class _Way:
    """How rows of one model are removed, and how such that have changed are stored, on behalf of a person."""

    remove: Callable[[list[Any], User | None], object]
    store: Callable[[Sequence[bulk.Changed], User | None], object]


def _store_devices(changes: Sequence[bulk.Changed], user: User | None) -> None:
    """Their columns, and their states by the way all states go."""
    for change in changes:
        if "state" in change.before:
            move([change.row.pk], DeviceState(change.row.state), reason="import taken back", user=user)  # type: ignore[attr-defined]
    others = [replace(change, before=_without_state(change.before)) for change in changes]
    bulk.update(others, user=user)


def _without_state(before: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in before.items() if name != "state"}


_IN_BULK = _Way(
    remove=lambda rows, user: bulk.delete(rows, user=user),
    store=lambda changes, user: bulk.update(changes, user=user),
)
_WAYS: Mapping[type[Model], _Way] = {
    Device: _Way(remove=_IN_BULK.remove, store=_store_devices),
    Multiplier: _Way(
        remove=lambda rows, user: remove_multipliers(multipliers=rows, user=user),
        store=lambda changes, user: set_multipliers(multipliers=_rows(changes), user=user),
    ),
    BoundaryStand: _Way(
        remove=lambda rows, user: remove_boundaries(boundaries=rows, user=user),
        store=lambda changes, user: record_boundaries(boundaries=_rows(changes), user=user),
    ),
}
"""With these goes what is derived by them."""


def _rows(changes: Sequence[bulk.Changed]) -> list[Any]:
    return [change.row for change in changes]


@dataclass(slots=True)
class _Chunk:
    """The lines of a chunk with their effects, and what stays of them."""

    lines: Sequence[ImportRow]
    user: User | None
    action: str
    kept: dict[int, list[str]] = field(default_factory=dict)

    def effects(self, model: type[Model]) -> list[tuple[int, Effect]]:
        """The effects on rows of the model of lines of which nothing stayed so far, the last line first."""
        open_ = [line for line in reversed(self.lines) if line.pk not in self.kept]
        found = [(line.pk, Effect.of_json(saved)) for line in open_ for saved in reversed(line.effects)]
        return [(line, effect) for line, effect in found if effect.model is model]

    def keep(self, line: int, row: Model, reason: str) -> None:
        self.kept.setdefault(line, []).append(f"{row._meta.verbose_name} {row}: {reason}")


def undo(held: Held, kind: Kind) -> None:
    """Take back the chunks that still stand; afterwards the import is undone. Wants the permissions of storing."""
    require_permission(held.row, kind)
    taken = Tally.of_json(held.row.taken_back)
    total = max(held.row.chunks.count(), 1)
    while chunk := held.row.chunks.filter(undone_at=None).order_by("-number").first():
        held.stop_if_told()
        with transaction.atomic():
            taken += _take_back(held, chunk)
            done = held.row.file.octets * (total - chunk.number + 1) // total
            held.advance(max(done, 0), taken_back=taken.as_json())
    with transaction.atomic():
        summary = f"{held.row.name}: {taken.new} made and {taken.changed} changed lines taken back"
        audit.record("import taken back", summary, user=held.row.undone_by, utility=held.row.utility, target=held.row)
        held.end(State.UNDONE)


def _take_back(held: Held, chunk: ImportChunk) -> Tally:
    lines = list(ImportRow.objects.filter(file_import=held.row, chunk=chunk.number).order_by("ordinal"))
    work = _Chunk(lines, held.row.undone_by, held.row.action)
    for model in ORDER:
        _remove(work, model)
        _put_back(work, model)
    for line in lines:
        line.kept = "; ".join(work.kept.get(line.pk, []))[:KEPT]
    ImportRow.objects.bulk_update([line for line in lines if line.kept], ["kept"])
    ImportChunk.objects.filter(pk=chunk.pk).update(undone_at=timezone.now())
    outcomes = [line.outcome for line in lines if not line.kept]
    return Tally(new=outcomes.count(ImportRow.Outcome.NEW), changed=outcomes.count(ImportRow.Outcome.CHANGED))


def _remove(work: _Chunk, model: type[Model]) -> None:
    """Remove the rows that were made."""
    lines = {effect.key: line for line, effect in work.effects(model) if effect.columns is None}
    rows = _locked(model, lines)
    reasons = objections(model, list(rows.values()), work.action) if rows else {}
    for key, reason in reasons.items():
        work.keep(lines[key], rows[key], reason)
    gone = [row for key, row in rows.items() if key not in reasons]
    if gone:
        _WAYS.get(model, _IN_BULK).remove(gone, work.user)


def _put_back(work: _Chunk, model: type[Model]) -> None:
    """Give columns back what they held, where they are still as the import left them."""
    effects = [(line, effect) for line, effect in work.effects(model) if effect.columns is not None]
    rows = _locked(model, [effect.key for _, effect in effects])
    changes = []
    for line, effect in effects:
        row, columns = rows.get(effect.key), effect.columns or {}
        if row is None:
            continue
        if other := [name for name, (_, after) in columns.items() if getattr(row, name) != thawed(model, name, after)]:
            work.keep(line, row, f"changed since: {', '.join(_label(model, name) for name in other)}")
            continue
        changes.append(bulk.Changed(row, {name: getattr(row, name) for name in columns}))
        for name, (before, _) in columns.items():
            setattr(row, name, thawed(model, name, before))
    if changes:
        _WAYS.get(model, _IN_BULK).store(changes, work.user)


def _locked(model: type[Model], keys: Mapping[int, int] | Sequence[int]) -> dict[int, Model]:
    """The rows of these keys that are still there, held until the end of the transaction."""
    if not keys:
        return {}
    rows = model._default_manager.filter(pk__in=list(keys)).select_for_update().order_by("pk")
    return {row.pk: row for row in rows}


def _label(model: type[Model], name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
