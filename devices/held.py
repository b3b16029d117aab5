"""What a device model holds, in words, from its description file."""

from collections.abc import Sequence
from dataclasses import dataclass

from devices.descriptions import Description, DescriptionError, Profile, description
from devices.models import DeviceModel
from metering.models import MeasuredProperty

_ROLES = {"interval": "Load profile", "daily": "Daily billing profile", "monthly": "Monthly billing profile"}


@dataclass(frozen=True, slots=True)
class Held:
    """One thing a device of this model holds: what, its OBIS code, and how much of it."""

    what: str
    obis: str
    details: str


def held_by(model: DeviceModel) -> Sequence[Held]:
    """Profiles, registers, event logs and clock of the model; empty when it has no description. One query."""
    try:
        described = description(model.code)
    except DescriptionError:
        return []
    names = _names(described)
    logs = [Held(log.name, str(log.obis), _kinds(len(log.codes) or 1)) for log in described.event_logs]
    registers = [Held(names.get(str(obis), "Register"), str(obis), "") for obis in described.registers]
    profiles = [_profile(profile, names) for profile in described.profiles]
    return [*profiles, *logs, *registers, Held("Clock", str(described.clock), "")]


def _profile(profile: Profile, names: dict[str, str]) -> Held:
    columns = ", ".join(names.get(str(obis), str(obis)) for obis, _unit in profile.values)
    days = profile.rows * profile.interval_s // 86_400
    role = _ROLES.get(profile.role, "Profile")
    what = role if profile.interval_s >= 86_400 else f"{role}, {profile.interval_s // 60} min"
    return Held(what, str(profile.obis), f"{days} days: {columns}")


def _kinds(count: int) -> str:
    return f"{count} kind{'' if count == 1 else 's'} of event"


def _names(described: Description) -> dict[str, str]:
    codes = {str(obis) for obis in described.registers}
    codes |= {str(obis) for profile in described.profiles for obis, _unit in profile.values}
    return dict(MeasuredProperty.objects.filter(obis__in=codes).values_list("obis", "name"))
