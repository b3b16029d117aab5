"""M-Bus channels of a master: what it holds of each slave meter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devices.described_fields import known_only, whole
from devices.inheritance import at_channel
from protocols.dlms.obis import Obis

MAX_CHANNELS = 4
_FIELDS = ("channels", "setup", "identification", "value", "hourly", "daily")
_CODES = _FIELDS[1:]


@dataclass(frozen=True, slots=True)
class Channels:
    """How many channels a master has, and where (`0-n:…`) it keeps what it knows of the slave on each of them."""

    channels: int
    codes: Mapping[str, str]

    def at(self, channel: int) -> Mapping[str, Obis]:
        """`setup`, `identification`, `value`, and the profiles `hourly` and `daily` as far as there are such."""
        return {name: Obis.parse(at_channel(code, channel)) for name, code in self.codes.items()}


def channels_of(raw: Mapping[str, Any] | None) -> Channels | None:
    """The `m_bus` of a description; None where it has no channels. ValueError names what is wrong."""
    if raw is None:
        return None
    known_only(raw, _FIELDS, "m_bus")
    codes = {name: raw[name] for name in _CODES if name in raw}
    for name, code in codes.items():
        if not isinstance(code, str) or not code.startswith("0-n:"):
            raise ValueError(f"{name} of m_bus is a code on every channel, as 0-n:24.2.1, not {code!r}")
    found = Channels(whole(raw, "channels", MAX_CHANNELS, 1, MAX_CHANNELS), codes)
    found.at(1)
    return found
