"""Giving the demo utility its files: some imported, some waiting for eyes, all of them in a folder to try."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from access.models import User, Utility
from aim.demo.files import history, plants, sent
from aim.demo.large import make_large_customers
from devices.models import Installation
from integration.models import ColumnMapping, ExternalId, FileImport
from integration.services.files import keep
from integration.services.uploads import Order, begin_import
from metering.intervals import day_number
from metering.models import MeteringPoint

MAPPING = "Old system, a row per day"
LARGE_MAPPING = "Large customers, a row per day"
_OLD, _MARKET = slice(0, 10), slice(20, 23)
_YEAR = timedelta(days=365)
_NMIS, _UNKNOWN_NMI = ("6102000001", "6102000002", "6102000003"), "6102000099"
_USAGE_POINT = "demo-30"


@transaction.atomic
def give_files(utility: Utility, folder: Path, user: User) -> list[Path]:
    """Write the files to `folder` and begin imports in the name of `user`; nothing where the utility has imports.

    Two of them are stored without a question, two wait. Returns the files. The workers do the rest when they run.
    """
    if FileImport.objects.filter(utility=utility).exists():
        return []
    points = list(MeteringPoint.objects.filter(utility=utility).order_by("gsrn"))
    began = min(Installation.objects.filter(metering_point__in=points).values_list("period__startswith", flat=True))
    end = began.astimezone(utility.zone).date()
    _name(utility, points)
    day = day_number(end)
    files = {
        "old-system.csv": history.file([point.gsrn for point in points[_OLD]], utility.zone, end - _YEAR, end),
        "metering-service.nem12.csv": [sent.nem12(_NMIS, _UNKNOWN_NMI, day)],
        "customer-portal.green-button.xml": sent.green_button(_USAGE_POINT, day),
    }
    paths = [_write(folder / name, pieces) for name, pieces in files.items()]
    mapping = _mapping(utility, user, MAPPING, history.mapping(utility.zone))
    _begin(utility, paths[0], user, mapping=mapping, confirm_at_once=True)
    _begin(utility, paths[1], user)
    return [*paths, *_give_large(utility, folder, user)]


def _give_large(utility: Utility, folder: Path, user: User) -> list[Path]:
    """Values of large customers for validation to look at; a day of one of them came late, and waits to be stored."""
    today = timezone.now().astimezone(utility.zone).date()
    gsrns = [point.gsrn for point in make_large_customers(utility, today)]
    values = _write(folder / "large-customers.csv", plants.file(gsrns, utility.zone, today))
    late = _write(folder / "large-customers-late.csv", plants.late_file(gsrns, utility.zone, today))
    mapping = _mapping(utility, user, LARGE_MAPPING, plants.mapping(utility.zone))
    _begin(utility, values, user, mapping=mapping, confirm_at_once=True)
    _begin(utility, late, user, mapping=mapping)
    return [values, late]


def _name(utility: Utility, points: Sequence[MeteringPoint]) -> None:
    """The numbers by which others call a few of the metering points."""
    scheme = ExternalId.Scheme
    pairs = [(scheme.NMI, nmi, point) for nmi, point in zip(_NMIS, points[_MARKET], strict=False)]
    pairs += [(scheme.USAGE_POINT, _USAGE_POINT, point) for point in points[30:31]]
    ExternalId.objects.bulk_create(
        ExternalId(utility=utility, scheme=scheme, value=value, metering_point=point) for scheme, value, point in pairs
    )


def _mapping(utility: Utility, user: User, name: str, layout: dict[str, Any]) -> ColumnMapping:
    return ColumnMapping.objects.create(utility=utility, name=name, layout=layout, created_by=user)


def _write(path: Path, pieces: Iterable[bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(pieces))
    return path


def _begin(
    utility: Utility, path: Path, user: User, *, mapping: ColumnMapping | None = None, confirm_at_once: bool = False
) -> None:
    form = "table" if mapping else ""
    order = Order(path.name, format=form, mapping=mapping, confirm_at_once=confirm_at_once)
    begin_import(utility=utility, file=keep([path.read_bytes()]), order=order, user=user)
