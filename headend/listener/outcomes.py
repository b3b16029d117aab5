"""Pushes as storing takes the readings of sessions: one outcome each, at most one of a device at a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from devices.models import Device
from headend.listener.messages import Read
from headend.models import Job, JobItem
from headend.plan import Trace
from headend.storing.outcome import Outcome

TITLE = "Push"
"""What the origin of pushed values says."""


def rounds(reads: Sequence[Read]) -> Iterator[list[Read]]:
    """The messages in groups that hold one of a device at most, in the order they came: storing asks for that."""
    groups: dict[int, list[Read]] = defaultdict(list)
    seen: dict[int, int] = defaultdict(int)
    for read in reads:
        device_id = read.sender.known.device.pk
        groups[seen[device_id]].append(read)
        seen[device_id] += 1
    yield from groups.values()


def outcome_of(read: Read) -> Outcome:
    """The outcome of a session nobody ordered."""
    arrival = read.message.arrival
    trace = Trace(arrival.at, 0.0, arrival.address, (), 0, len(arrival.apdu))
    return Outcome(read.sender.item, read.sender.known, read.readings, trace)


def item_of(device: Device) -> JobItem:
    """An item and its job, on no list and never saved: they tell storing whose readings these are, and their origin."""
    job = Job(utility_id=device.utility_id, kind="push", title=TITLE)
    return JobItem(pk=device.pk, job=job, device=device, priority=0)
