"""What one entry of a list means beside what is on file: plain decisions, without a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from devices.models import Device
from devices.querysets import LEFT
from headend.models import FollowPolicy, ListedMeter
from headend.plan import Listed

State = ListedMeter.State


@dataclass(frozen=True, slots=True)
class Verdict:
    """An entry, the device on file it names, and how the two compare; `moves` where the file shall follow."""

    listed: Listed
    device: Device | None
    state: State
    note: str = ""
    moves: bool = False

    @property
    def name(self) -> str:
        """What tells it apart among the meters of its concentrator."""
        return self.device.serial_number if self.device else self.listed.serial_number or self.listed.system_title


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another concentrator that still lists a meter, and since when it says so."""

    concentrator: str
    registered_at: datetime | None


def judge(
    concentrator: Device, listed: Listed, device: Device | None, elsewhere: Elsewhere | None, policy: FollowPolicy
) -> Verdict:
    """How an entry compares. `elsewhere`: the concentrator on file, where its own list of late still has the meter."""
    if device is None:
        return Verdict(listed, None, State.NEW)
    if device.utility_id != concentrator.utility_id:
        return Verdict(listed, None, State.DIFFERS, "on file with another utility")
    if reason := immovable(device):
        return Verdict(listed, device, State.DIFFERS, reason)
    if (device.concentrator_id, device.gateway_address) == (concentrator.pk, listed.address):
        return Verdict(listed, device, State.REGISTERED)
    if reason := _not_followed(device, listed, elsewhere, policy):
        return Verdict(listed, device, State.DIFFERS, reason)
    return Verdict(listed, device, State.REGISTERED, moves=True)


def immovable(device: Device) -> str:
    """Why nobody, also no person, may put this device behind a concentrator because it is listed there; "" if so."""
    if device.state in LEFT:
        return f"{device.get_state_display().lower()} on file"
    if device.model.is_way:
        return "itself a concentrator or gateway on file"
    return f"on file at channel {device.channel} of {device.master}" if device.master_id else ""


def _not_followed(device: Device, listed: Listed, elsewhere: Elsewhere | None, policy: FollowPolicy) -> str:
    if device.host:
        return f"on file at {device.address}"
    if not policy.follow:
        return f"on file at {device.address}" if device.concentrator_id else "on file nowhere"
    if elsewhere is None or _later(listed.since, elsewhere.registered_at):
        return ""
    return f"{elsewhere.concentrator} lists it too"


def _later(here: datetime | None, there: datetime | None) -> bool:
    """Whether this registration came after the other; one without a time came before any."""
    return here is not None and (there is None or here > there)


def held_back(verdicts: Sequence[Verdict], policy: FollowPolicy) -> list[Verdict]:
    """The verdicts, nobody moved where one list would move more meters than the policy lets it.

    A meter that comes from nowhere, the stock say, is registered and does not count.
    """
    from_elsewhere = sum(
        each.moves and each.device is not None and bool(each.device.gateway_address) for each in verdicts
    )
    if from_elsewhere <= policy.most_at_once:
        return list(verdicts)
    note = f"{from_elsewhere} would move at once: left to a person"
    return [Verdict(each.listed, each.device, State.DIFFERS, note) if each.moves else each for each in verdicts]


def without_taken(verdicts: Sequence[Verdict], holders: Mapping[str, Device]) -> list[Verdict]:
    """The verdicts, nobody moved to an address that another device keeps; `holders`: who has which address on file.

    Who moves itself makes room, and so does who is removed or scrapped. As one that stays may be in the way of the
    next, it is asked again until nobody else stays.
    """
    found = list(verdicts)
    while True:
        moving = {each.device.pk for each in found if each.moves and each.device}
        stay = {place: each for place, each in holders.items() if each.pk not in moving and each.state not in LEFT}
        blocked = [k for k, each in enumerate(found) if each.moves and _in_the_way(each, stay)]
        if not blocked:
            return found
        for k in blocked:
            note = f"its address is that of {stay[found[k].listed.address]} on file"
            found[k] = Verdict(found[k].listed, found[k].device, State.DIFFERS, note)


def _in_the_way(verdict: Verdict, stay: Mapping[str, Device]) -> bool:
    holder = stay.get(verdict.listed.address)
    return holder is not None and verdict.device is not None and holder.pk != verdict.device.pk
