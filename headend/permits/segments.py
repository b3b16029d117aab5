"""The parts of the network that the sessions with a device go through."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from devices.models import Device
from headend.models import SegmentLimit

CONCENTRATOR, CELL, APN = SegmentLimit.Kind.CONCENTRATOR, SegmentLimit.Kind.CELL, SegmentLimit.Kind.APN


class Segment(NamedTuple):
    """A kind of `SegmentLimit.Kind` and the name of one of it."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def segments_of(device: Device) -> tuple[Segment, ...]:
    """Its concentrator; and the cell and APN of the modem in use, which is that of the device that is called."""
    way = device.way
    places = (
        (CONCENTRATOR, way.serial_number if way is not device.spoken_to else ""),
        (CELL, way.cell),
        (APN, way.apn),
    )
    return tuple(Segment(str(kind), name) for kind, name in places if name)


def named(kind: str, segments: Iterable[Segment]) -> Sequence[str]:
    """The names of those of one kind."""
    return [segment.name for segment in segments if segment.kind == kind]
