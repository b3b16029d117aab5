"""Keys a person brings: options, environment, or the key store for a device they name. Never shown again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from access import audit
from devices.keystore import active_keys, open_keys
from devices.models import Device
from protocols.dlms.keys import TITLE_SIZE
from protocols.errors import ProtocolError
from protocols.explain import Keys, read_hex

_SIZES = (16, 32)
VARIABLES = {
    "key": "OPENAIM_DLMS_KEY",
    "auth_key": "OPENAIM_DLMS_AUTH_KEY",
    "dedicated_key": "OPENAIM_DLMS_DEDICATED_KEY",
    "kek": "OPENAIM_DLMS_KEK",
}
"""Option and the variable that is read where it is not given: what stands on a command line, others can see."""


class GivenKeyError(ValueError):
    """A key or title is no hexadecimal text of the right size; the message names the option, never the key."""


def given_keys(options: Mapping[str, Any], environment: Mapping[str, str]) -> Keys:
    """What options and environment say. GivenKeyError for what is no key of 16 or 32 octets."""
    found = {name: options.get(name) or environment.get(variable, "") for name, variable in VARIABLES.items()}
    octets = {name: _octets(text, f"--{name.replace('_', '-')}", _SIZES) for name, text in found.items()}
    titles = tuple(_octets(text, "--title", (TITLE_SIZE,)) for text in options.get("title") or ())
    return Keys(octets["key"], octets["auth_key"], octets["dedicated_key"], octets["kek"], titles)


def device_keys(device: Device, purpose: str) -> dict[str, bytes]:
    """The active keys of a device by kind; that they were taken and what for is in the audit trail.

    KeyStoreError when the master key of this machine does not open them.
    """
    keys = open_keys(active_keys([device.pk]).get(device.pk, ()))
    record_use(device, purpose)
    return keys


def record_use(device: Device, purpose: str) -> None:
    """Note in the audit trail that the keys of a device serve a person."""
    audit.record("keys used", f"Keys of {device} used to {purpose}", utility=device.utility, target=device)


def with_device(keys: Keys, device: Device, stored: Mapping[str, bytes], own_title: bytes) -> Keys:
    """`keys`, completed by the stored ones of the device and the titles of both sides; what was given goes first."""
    titles = (*keys.titles, *((bytes.fromhex(device.system_title),) if device.system_title else ()), own_title)
    return replace(
        keys,
        encryption=keys.encryption or stored.get("encryption", b""),
        authentication=keys.authentication or stored.get("authentication", b""),
        kek=keys.kek or stored.get("master", b""),
        titles=titles,
    )


def _octets(text: str, option: str, sizes: tuple[int, ...]) -> bytes:
    try:
        octets = read_hex(text)
    except ProtocolError:
        raise GivenKeyError(f"{option} is not written in hexadecimal digits") from None
    if octets and len(octets) not in sizes:
        allowed = " or ".join(map(str, sizes))
        raise GivenKeyError(f"{option} has {len(octets)} octets, {allowed} are needed")
    return octets
