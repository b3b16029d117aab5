"""Giving the demo utility its files: one imported, one waiting for somebody's eyes, all of them in a folder to try."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from access.models import User, Utility
from aim.demo.files import history, sent
from devices.models import Installation
from integration.models import ColumnMapping, ExternalId, FileImport
from integration.services.files import keep
from integration.services.uploads import Order, begin_import
from metering.intervals import day_number
from metering.models import MeteringPoint

MAPPING = "Old system, a row per day"
_OLD, _MARKET = slice(0, 10), slice(20, 23)
_YEAR = timedelta(days=365)
_NMIS, _UNKNOWN_NMI = ("6102000001", "6102000002", "6102000003"), "6102000099"
_USAGE_POINT = "demo-30"


@transaction.atomic
def give_files(utility: Utility, folder: Path, user: User) -> list[Path]:
    """Write the files to `folder` and begin two imports in the name of `user`; nothing where the utility has imports.

    Returns the files. The workers do the rest when they run.
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
    _begin(utility, paths[0], user, mapping=_mapping(utility, user), confirm_at_once=True)
    _begin(utility, paths[1], user)
    return paths


def _name(utility: Utility, points: Sequence[MeteringPoint]) -> None:
    """The numbers by which others call a few of the metering points."""
    scheme = ExternalId.Scheme
    pairs = [(scheme.NMI, nmi, point) for nmi, point in zip(_NMIS, points[_MARKET], strict=False)]
    pairs += [(scheme.USAGE_POINT, _USAGE_POINT, point) for point in points[30:31]]
    ExternalId.objects.bulk_create(
        ExternalId(utility=utility, scheme=scheme, value=value, metering_point=point) for scheme, value, point in pairs
    )


def _mapping(utility: Utility, user: User) -> ColumnMapping:
    layout = history.mapping(utility.zone)
    return ColumnMapping.objects.create(utility=utility, name=MAPPING, layout=layout, created_by=user)


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
