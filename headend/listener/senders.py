"""Who a push is from: by the system title it names, else by the address it came from. Eight queries for a batch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from access.models import Utility
from devices.models import Device, DeviceKey, DeviceModel
from headend.causes import SessionError
from headend.knowledge import Knowledge, know
from headend.listener.messages import Arrival, Sender
from headend.listener.opening import names_sender
from protocols.dlms.security import sender_of
from protocols.errors import ProtocolError

_Place = tuple[str, str]
"""Host, and address behind a concentrator there, empty for the host itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Senders:
    """The known devices among those who sent a batch; of the `unspeakable`, by title, keys or description fail us."""

    by_title: Mapping[str, Sender]
    by_place: Mapping[_Place, Sequence[Sender]]
    unspeakable: Mapping[str, tuple[int, SessionError]]

    def of(self, arrival: Arrival) -> Sender | None:
        """The sender of a message; None for a stranger, and where an address is that of several devices."""
        title = title_of(arrival.apdu)
        if title:
            return self.by_title.get(title.hex().upper())
        there = self.at(arrival)
        return there[0] if len(there) == 1 else None

    def at(self, arrival: Arrival) -> Sequence[Sender]:
        """The devices at the place the message came from."""
        return self.by_place.get((arrival.host, arrival.gateway_address), ())


def title_of(apdu: bytes) -> bytes:
    """The system title a message names, b"" where it names none or cannot be read that far."""
    if not names_sender(apdu):
        return b""
    try:
        return sender_of(apdu)
    except ProtocolError:
        return b""


def senders_of(arrivals: Iterable[Arrival]) -> Senders:
    """Look up who sent these messages, with all that storing needs to know of them."""
    arrivals = list(arrivals)
    titles = {title_of(each.apdu).hex().upper() for each in arrivals} - {""}
    places = {(each.host, each.gateway_address) for each in arrivals if not title_of(each.apdu)}
    devices = _devices(titles, places)
    known, unspeakable = know(devices)
    versions = _versions(known)
    found = {pk: _sender(each, versions.get(pk, {})) for pk, each in known.items()}
    by_place: dict[_Place, list[Sender]] = defaultdict(list)
    for sender in found.values():
        device = sender.known.device
        by_place[device.way.host, device.gateway_address].append(sender)
    return Senders(
        {sender.known.device.system_title: sender for sender in found.values() if sender.title},
        by_place,
        {each.system_title: (each.pk, unspeakable[each.pk]) for each in devices if each.pk in unspeakable},
    )


def _sender(known: Knowledge, versions: Mapping[str, int]) -> Sender:
    return Sender(known, bytes.fromhex(known.device.system_title), versions)


def _devices(titles: Iterable[str], places: Iterable[_Place]) -> list[Device]:
    wanted = Q(system_title__in=titles)
    direct = [host for host, behind in places if not behind]
    behind = [(host, address) for host, address in places if address]
    if direct:
        wanted |= Q(host__in=direct)
    if behind:
        hosts, addresses = zip(*behind, strict=True)
        wanted |= Q(concentrator__host__in=hosts, gateway_address__in=addresses)
    return _joined(Device.objects.filter(wanted).select_related("contact", "concentrator__model"))


def _joined(rows: Iterable[Device]) -> list[Device]:
    """The devices with model and utility, of which there are few: each is fetched once, not once a device."""
    devices = list(rows)
    models = DeviceModel.objects.in_bulk({device.model_id for device in devices})
    utilities = Utility.objects.in_bulk({device.utility_id for device in devices})
    for device in devices:
        device.model, device.utility = models[device.model_id], utilities[device.utility_id]
    return devices


def _versions(ids: Iterable[int]) -> Mapping[int, Mapping[str, int]]:
    """The versions of the active keys of each device by kind: a counter belongs to one of them."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = DeviceKey.objects.filter(device_id__in=list(ids), state=DeviceKey.State.ACTIVE)
    for device_id, kind, version in rows.values_list("device_id", "kind", "version"):
        found[device_id][kind] = version
    return found
