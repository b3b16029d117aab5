"""What the system already knows of the devices about to be read, fetched for a whole batch in seven queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from devices.descriptions import Description, DescriptionError, description
from devices.keystore import KeyStoreError, next_counter, open_keys, usable_keys
from devices.models import Contact, Device, Installation, ProfileLayout
from devices.slaves import description_of_device
from devices.speech import Transport
from headend import causes
from headend.causes import SessionError
from headend.clock_facts import ClockFacts, clock_facts
from headend.installed import Installed
from headend.models import Gap, ReadMark
from headend.plan import Column, Layout, Stretch
from protocols.dlms.obis import Obis

_SECOND = timedelta(seconds=1)

LAYOUT_LASTS = timedelta(days=30)
"""After so long columns, scalers and units are asked for again, as after a change of firmware."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One device: where it hung and hangs, what its buffers hold, how far they have been read, what is missing.

    `transport` is the line it is reached over: its own, or that of its concentrator. A slave meter has the keys and the
    clock of its master, all else is its own.

    `new_keys` were sent to the device, and it may go by them already. `next_counter` is the first one that was not
    reserved when `keys` were looked up; None for a device without keys.
    `clock_offset_s` is what the last contact found: meter clock minus system clock, 0 where none has read it.
    """

    device: Device
    description: Description
    transport: Transport
    installed: Installed
    clock_offset_s: float
    clock: ClockFacts
    keys: Mapping[str, bytes] = field(repr=False)
    layouts: Mapping[Obis, Layout]
    marks: Mapping[Obis, datetime]
    gaps: Sequence[Stretch]
    new_keys: Mapping[str, bytes] = field(repr=False, default_factory=dict)
    next_counter: int | None = None


def know(devices: Iterable[Device]) -> tuple[dict[int, Knowledge], dict[int, SessionError]]:
    """Knowledge of every device by its id, and why there is none of the others.

    Seven queries for devices that come with their contacts.
    """
    chosen = {device.pk: device for device in devices}
    ids = list(chosen)
    spoken_to = {pk: device.spoken_to.pk for pk, device in chosen.items()}
    (keys, new_keys), layouts, marks, gaps = (
        usable_keys(set(spoken_to.values())),
        _layouts(ids),
        _marks(ids),
        _gaps(ids),
    )
    installed, clocks = _installed(ids), clock_facts(chosen.values())
    known: dict[int, Knowledge] = {}
    unknown: dict[int, SessionError] = {}
    for pk, device in chosen.items():
        try:
            known[pk] = Knowledge(
                device=device,
                description=description_of_device(device),
                transport=description(device.way.model.code).transport,
                installed=installed[pk],
                clock_offset_s=_offset(device),
                clock=clocks[pk],
                keys=open_keys(keys.get(spoken_to[pk], ())),
                layouts=layouts[pk],
                marks=marks[pk],
                gaps=gaps[pk],
                new_keys=open_keys(new_keys.get(spoken_to[pk], ())),
                next_counter=next((next_counter(row) for row in keys.get(spoken_to[pk], ())), None),
            )
        except DescriptionError as error:
            unknown[pk] = SessionError(causes.UNSUPPORTED_MODEL, str(error))
        except KeyStoreError as error:
            unknown[pk] = SessionError(causes.KEYS_SEALED, str(error))
    return known, unknown


def column_to_json(column: Column) -> dict[str, object]:
    """A column as `ProfileLayout.columns` keeps it."""
    return {
        "class_id": column.class_id,
        "obis": str(column.obis),
        "attribute": column.attribute,
        "scaler": column.scaler,
        "unit": column.unit,
    }


def _installed(ids: Sequence[int]) -> Mapping[int, Installed]:
    rows: dict[int, list[tuple[Any, int]]] = {pk: [] for pk in ids}
    for row in Installation.objects.filter(device_id__in=ids):
        rows[row.device_id].append((row.period, row.metering_point_id))
    return {pk: Installed.of(installations) for pk, installations in rows.items()}


def _offset(device: Device) -> float:
    """0 also for a device nobody has ever tried to reach: it has no contact yet."""
    contact: Contact | None = getattr(device, "contact", None)
    return (contact.clock_offset_s if contact else None) or 0.0


def _layouts(ids: Sequence[int]) -> Mapping[int, dict[Obis, Layout]]:
    found: dict[int, dict[Obis, Layout]] = defaultdict(dict)
    fresh = timezone.now() - LAYOUT_LASTS
    rows = ProfileLayout.objects.filter(device_id__in=ids, read_at__gte=fresh)
    told = rows.values_list("device_id", "obis", "interval_s", Cast("columns", TextField()))
    for device_id, obis, interval_s, columns in told:
        layout = _layout(obis, interval_s, columns)
        found[device_id][layout.obis] = layout
    return found


@lru_cache(maxsize=1024)
def _layout(obis: str, interval_s: int, columns: str) -> Layout:
    """A layout from its row. Devices of a model and firmware have the same one: it is made once."""
    return Layout(
        Obis.parse(obis),
        interval_s,
        tuple(Column(**{**column, "obis": Obis.parse(column["obis"])}) for column in orjson.loads(columns)),
    )


def _marks(ids: Sequence[int]) -> Mapping[int, dict[Obis, datetime]]:
    found: dict[int, dict[Obis, datetime]] = defaultdict(dict)
    for row in ReadMark.objects.filter(device_id__in=ids):
        found[row.device_id][Obis.parse(row.obis)] = row.until
    return found


def _gaps(ids: Sequence[int]) -> Mapping[int, list[Stretch]]:
    found: dict[int, list[Stretch]] = defaultdict(list)
    for row in Gap.objects.filter(device_id__in=ids, state=Gap.State.OPEN).order_by("starts_at"):
        found[row.device_id].append(Stretch(Obis.parse(row.obis), row.starts_at, row.ends_at - _SECOND))
    return found
