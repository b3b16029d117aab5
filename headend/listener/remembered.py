"""What is on file of those who push: kept from batch to batch, read again where it changed."""

import time
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from access.models import Utility
from devices.models import Device, DeviceKey, DeviceModel
from headend.causes import SessionError
from headend.knowledge import Knowledge, know
from headend.listener.manners import manners
from headend.listener.messages import Sender
from headend.listener.outcomes import item_of
from headend.plan import Layout

LASTS = timedelta(hours=1)
"""After so long a device is read again in any case: layouts on file grow too old without any row that changes."""
MOST = 20_000
"""Some ten thousand octets each."""
_State = DeviceKey.State


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: str
    until: float
    sender: Sender


class Remembered:
    """Devices by id, the longest unheard left out first. For one thread."""

    def __init__(self, *, most: int = MOST, lasts: timedelta = LASTS) -> None:
        self._most, self._lasts_s = most, lasts.total_seconds()
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    def senders(self, stamps: Mapping[int, str]) -> tuple[list[Sender], list[tuple[Device, SessionError]]]:
        """The devices with these stamps, and those whose keys or description fail us. No query where all are known."""
        now = time.monotonic()
        unspeakable = self._read([pk for pk, stamp in stamps.items() if not self._holds(pk, stamp, now)], stamps, now)
        found = []
        for pk in stamps:
            if pk in self._kept:
                self._kept.move_to_end(pk)
                found.append(self._kept[pk].sender)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return found, unspeakable

    def _holds(self, pk: int, stamp: str, now: float) -> bool:
        kept = self._kept.get(pk)
        return kept is not None and kept.stamp == stamp and now < kept.until

    def _read(self, ids: Sequence[int], stamps: Mapping[int, str], now: float) -> list[tuple[Device, SessionError]]:
        """Stamps are older than what is read here: what changes in between is read once more, never missed."""
        for pk in ids:
            self._kept.pop(pk, None)
        if not ids:
            return []
        devices = _devices(ids)
        known, unspeakable = know(devices)
        versions, new_versions = (_versions(known, state) for state in (_State.ACTIVE, _State.NEW))
        for pk, each in known.items():
            title = bytes.fromhex(each.device.system_title)
            lasting = _lasting(each)
            held = versions.get(pk, {})
            sender = Sender(lasting, title, held, item_of(each.device), manners.of(lasting), new_versions.get(pk, {}))
            self._kept[pk] = _Kept(stamps[pk], now + self._lasts_s, sender)
        return [(device, unspeakable[device.pk]) for device in devices if device.pk in unspeakable]


def _lasting(known: Knowledge) -> Knowledge:
    """Without what every contact changes. A push that brings part of a log says nothing of what the log lost.

    Devices of a model have the same few layouts: one object each.
    """
    layouts = {obis: _shared(layout) for obis, layout in known.layouts.items()}
    return replace(known, layouts=layouts, marks={}, gaps=(), clock_offset_s=0.0)


@lru_cache(maxsize=4096)
def _shared(layout: Layout) -> Layout:
    return layout


def _devices(ids: Sequence[int]) -> list[Device]:
    """The devices with model and utility, of which there are few: each is fetched once, not once a device."""
    devices = list(Device.objects.filter(pk__in=ids).select_related("contact", "concentrator__model"))
    models = DeviceModel.objects.in_bulk({device.model_id for device in devices})
    utilities = Utility.objects.in_bulk({device.utility_id for device in devices})
    for device in devices:
        device.model, device.utility = models[device.model_id], utilities[device.utility_id]
    return devices


def _versions(ids: Iterable[int], state: str) -> Mapping[int, Mapping[str, int]]:
    """The versions of the keys of each device in this state, by kind: a counter belongs to one of them."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = DeviceKey.objects.filter(device_id__in=list(ids), state=state)
    for device_id, kind, version in rows.values_list("device_id", "kind", "version"):
        found[device_id][kind] = version
    return found
