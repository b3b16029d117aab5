"""Work on site: a meter is hung up, exchanged or taken down, with what its registers showed. All of it, or nothing.

Each kind of work says what stands against it, what will happen, and does it; pages and the API use all three alike.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from access.models import User
from devices.models import Device, Installation
from devices.services import objections
from devices.services.installations import Placement, install, remove
from devices.services.objections import amount
from devices.services.stands import Key, Meter, Stands, note_exchange, note_side, registers_of
from devices.services.stored_stands import around
from metering.models import BoundaryStand, MeteringPoint

_Side = BoundaryStand.Side
_OVERTAKEN = "Somebody installed or removed one of these meters meanwhile: look at it again."


class Work(ABC):
    """What is done at one metering point at one instant, which counts to the second."""

    at: datetime

    @property
    @abstractmethod
    def point(self) -> MeteringPoint:
        """Where it is done."""

    @abstractmethod
    def objections(self) -> Iterator[str]:
        """What stands against it, as sentences."""

    @abstractmethod
    def told(self) -> Iterator[str]:
        """What will happen, as sentences."""

    @abstractmethod
    def devices(self) -> tuple[Device, ...]:
        """The devices it is done to."""

    @abstractmethod
    def _do(self, user: User | None) -> Installation: ...

    def carry_out(self, *, user: User | None) -> Installation:
        """Do it; the installation that began, or that ended. ValidationError with all that stands against it."""
        try:
            with transaction.atomic():
                self._hold()
                if found := list(self.objections()):
                    raise ValidationError(found)
                return self._do(user)
        except IntegrityError as error:
            raise ValidationError(_OVERTAKEN) from error

    def _hold(self) -> None:
        """Who works at the same metering point or with the same devices comes after us, and sees what we did."""
        MeteringPoint.objects.select_for_update().get(pk=self.point.pk)
        devices = {device.pk: device for device in self.devices()}
        rows = Device.objects.filter(pk__in=devices).order_by("pk").select_for_update(no_key=True)
        for pk, state in rows.values_list("pk", "state"):
            devices[pk].state = state

    def _local(self) -> str:
        return f"{self.at.astimezone(self.point.utility.zone):%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class Install(Work):
    """A device begins to measure a metering point at which none hangs."""

    device: Device
    metering_point: MeteringPoint
    at: datetime
    initial: Stands

    @property
    def point(self) -> MeteringPoint:
        return self.metering_point

    def devices(self) -> tuple[Device, ...]:
        return (self.device,)

    def objections(self) -> Iterator[str]:
        yield from objections.to_instant(self.at)
        yield from objections.to_device(self.device, self.point, self.at)
        yield from objections.to_point(self.point, self.at)
        yield from objections.to_stands(self.device, self.initial, self.at, _Side.INITIAL)

    def told(self) -> Iterator[str]:
        yield f"{self.device} hangs at {_place(self.point)} from {self._local()} on."
        yield "It becomes installed, and is in operation from the first good contact on."
        yield from _begins(self.device, self.initial)

    def _do(self, user: User | None) -> Installation:
        (row,) = install(placements=[Placement(self.device, self.point, self.at)], user=user)
        meter = Meter(self.device, self.point, self.initial)
        note_side(meter=meter, side=_Side.INITIAL, at=self.at, user=user)
        return row


@dataclass(frozen=True)
class Exchange(Work):
    """Another device takes the place of the one that hangs there, at one instant."""

    installation: Installation
    new: Device
    at: datetime
    final: Stands
    initial: Stands

    @property
    def old(self) -> Device:
        return self.installation.device

    @property
    def point(self) -> MeteringPoint:
        return self.installation.metering_point

    def devices(self) -> tuple[Device, ...]:
        return (self.old, self.new)

    def objections(self) -> Iterator[str]:
        if self.new.pk == self.old.pk:
            yield f"{self.old} hangs there already: say the serial number of the other meter."
            return
        installation = _as_it_is(self.installation)
        yield from objections.to_instant(self.at)
        yield from objections.to_end(installation, self.at)
        yield from objections.to_device(self.new, self.point, self.at)
        yield from objections.to_point(self.point, self.at, but=installation)
        yield from objections.to_stands(self.old, self.final, self.at, _Side.FINAL)
        yield from objections.to_stands(self.new, self.initial, self.at, _Side.INITIAL)

    def told(self) -> Iterator[str]:
        yield f"{self.old} hangs at {_place(self.point)} until {self._local()}, {self.new} from then on."
        yield f"{self.old} becomes removed, {self.new} installed."
        yield from _ends(self.old, self.final, self.at)
        yield from _begins(self.new, self.initial)
        for obis, _ in _unknown(self):
            yield f"Nobody noted both stands of {obis}: unless both profiles hold one, that interval stays empty."

    def _do(self, user: User | None) -> Installation:
        remove(installation=self.installation, at=self.at, user=user)
        (row,) = install(placements=[Placement(self.new, self.point, self.at)], user=user)
        old, new = (
            Meter(self.old, self.point, self.final),
            Meter(self.new, self.point, self.initial),
        )
        note_exchange(old=old, new=new, at=self.at, user=user)
        return row


@dataclass(frozen=True)
class Remove(Work):
    """The device that hangs there is taken down; none follows."""

    installation: Installation
    at: datetime
    final: Stands

    @property
    def device(self) -> Device:
        return self.installation.device

    @property
    def point(self) -> MeteringPoint:
        return self.installation.metering_point

    def devices(self) -> tuple[Device, ...]:
        return (self.device,)

    def objections(self) -> Iterator[str]:
        installation = _as_it_is(self.installation)
        yield from objections.to_instant(self.at)
        yield from objections.to_end(installation, self.at)
        yield from objections.to_stands(self.device, self.final, self.at, _Side.FINAL)

    def told(self) -> Iterator[str]:
        yield f"{self.device} hangs at {_place(self.point)} until {self._local()}, and nothing after it."
        yield f"{self.device} becomes removed and is read no more."
        yield from _ends(self.device, self.final, self.at)

    def _do(self, user: User | None) -> Installation:
        remove(installation=self.installation, at=self.at, user=user)
        meter = Meter(self.device, self.point, self.final)
        note_side(meter=meter, side=_Side.FINAL, at=self.at, user=user)
        return self.installation


def hanging(device: Device) -> Installation | None:
    """The installation of a device that has not ended."""
    rows = Installation.objects.filter(device=device, period__upper_inf=True)
    return rows.select_related("device__model", "device__utility", "metering_point__utility").first()


def _as_it_is(installation: Installation) -> Installation:
    """The installation as it stands in the database now: somebody may have ended it."""
    return Installation.objects.select_related("device", "metering_point__utility").get(pk=installation.pk)


def _place(point: MeteringPoint) -> str:
    return f"{point}, {point.address}" if point.address else str(point)


def _begins(device: Device, stands: Stands) -> Iterator[str]:
    for (obis, unit), value in stands.items():
        yield f"{device} begins with {amount(value, unit)} at {obis}."


def _ends(device: Device, stands: Stands, at: datetime) -> Iterator[str]:
    """With what it counted since the newest stand in the store: who mistyped a digit sees it here."""
    for key, value in stands.items():
        obis, unit = key
        last = around(device, key, at).before
        since = f", {amount(value - last.value, unit)} more than the newest stand stored" if last else ""
        yield f"{device} ends with {amount(value, unit)} at {obis}{since}."


def _unknown(work: Exchange) -> list[Key]:
    """Registers of both meters of which a stand is missing."""
    both = [key for key in registers_of(work.old) if key in registers_of(work.new)]
    return [key for key in both if key not in work.final or key not in work.initial]
