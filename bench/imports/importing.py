"""One file through the import, timed: the work of the workers, called here instead of by a message."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone

from access.models import Utility
from integration.imports import run_check, run_store
from integration.imports.registry import format_of
from integration.imports.states import State, move
from integration.models import ExternalId, FileImport
from integration.services.files import keep
from metering.gsrn import complete
from metering.models import MeteringPoint

_PIECE = 1 << 20
_GSRN_PREFIX = 64_000_000_000_000_000


@dataclass(frozen=True)
class Imported:
    """What became of the values of a file, and how long it took."""

    new: int
    unchanged: int
    checked_s: float
    stored_s: float


def bring_in(path: Path, form: str, layout: Mapping[str, Any]) -> Imported:
    """Check a file and store it."""
    row = FileImport.objects.create(
        utility=_utility(), format=form, file=_kept(path), name=path.name, layout=layout, state=State.CHECKING
    )
    begun = time.perf_counter()
    _must(run_check(row.pk), State.READY)
    checked = time.perf_counter()
    row.refresh_from_db()
    move(row, State.STORING, confirmed_at=timezone.now(), position=0)
    began = time.perf_counter()
    _must(run_store(row.pk), State.DONE)
    stored = time.perf_counter()
    row.refresh_from_db()
    return Imported(row.stored["new"], row.stored["unchanged"], checked - begun, stored - began)


def make_points(names: set[str], form: str) -> None:
    """Metering points that are known by the names a file gives them."""
    utility, scheme, first = _utility(), format_of(form).scheme, MeteringPoint.objects.count()
    gsrns = (complete(str(_GSRN_PREFIX + first + number)) for number in range(len(names)))
    points = MeteringPoint.objects.bulk_create(MeteringPoint(utility=utility, gsrn=gsrn) for gsrn in gsrns)
    ExternalId.objects.bulk_create(
        ExternalId(utility=utility, scheme=scheme, value=name, metering_point=point)
        for name, point in zip(sorted(names), points, strict=True)
    )


def _utility() -> Utility:
    return Utility.objects.get_or_create(code="bench", defaults={"name": "Bench"})[0]


def _kept(path: Path) -> Any:
    with path.open("rb") as file:
        return keep(iter(lambda: file.read(_PIECE), b""))


def _must(row: FileImport | None, state: str) -> None:
    if row is None:
        raise AssertionError("The import was not to be had")
    row.refresh_from_db()
    if row.state != state:
        raise AssertionError(f"The import is {row.state}, not {state}: {row.cause}")
