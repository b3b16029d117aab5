"""What a device still needs before it delivers: described, reachable, keyed, installed, heard; the first lack is named.

Data flow: device with its contact, kinds of its active keys, its description → needs → the card on its page.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from devices.descriptions import Description, DescriptionError
from devices.life_cycle import State
from devices.models import Device, DeviceKey
from devices.querysets import READABLE
from devices.slaves import description_of_device
from headend import causes
from protocols.dlms.security.handshake import SECRET_MECHANISMS
from protocols.dlms.tags import Mechanism

_OVER: Final = frozenset({State.REMOVED, State.SCRAPPED})


@dataclass(frozen=True, slots=True)
class Need:
    """One thing a device needs; `advice` and `url` say how to come by it where it is not `done`."""

    what: str
    done: bool
    advice: str = ""
    url: str = ""


def needs_of(device: Any, keys: Collection[str]) -> list[Need]:
    """The needs of a device that comes with its contact; empty where it answers, and where it shall not any more.

    `keys` are the kinds of active keys of the device that is spoken to.
    """
    answers = device.last_contact_at is not None and not device.cause
    return [] if answers or device.state in _OVER else _needs(device, keys)


def first_lack(needs: Collection[Need]) -> Need | None:
    """What is to be done now; None for no needs."""
    return next((need for need in needs if not need.done), None)


def needed_keys(found: Description) -> list[str]:
    """The kinds of keys a session with this model takes."""
    security, kinds = found.security, DeviceKey.Kind
    password = found.text is not None or security.mechanism is Mechanism.LLS or security.mechanism in SECRET_MECHANISMS
    return [
        *([kinds.ENCRYPTION, kinds.AUTHENTICATION] if security.ciphered else []),
        *([kinds.PASSWORD] if password else []),
        *([kinds.SIGNATURE] if security.mechanism is Mechanism.HLS_ECDSA else []),
    ]


def _needs(device: Any, keys: Collection[str]) -> list[Need]:
    try:
        found, fault = description_of_device(device), ""
    except DescriptionError as error:
        found, fault = None, str(error)
    lacking = [kind for kind in needed_keys(found) if kind not in keys] if found else []
    heard = device.last_contact_at is not None
    return [
        Need("Its model is described", found is not None, fault),
        Need("Its address is on file", heard or device.is_reachable, _ADDRESS),
        Need("Its keys are in the key store", not lacking, _keys(lacking)),
        *([] if device.model.is_way else [_installed(device)]),
        Need("It answers", False, _answer(device)),
    ]


_ADDRESS: Final = "Enter its host and port, or its concentrator, in the administration; one that pushes needs none."


def _installed(device: Device) -> Need:
    url = reverse("devices:install", args=[device.pk])
    return Need("It is installed", device.state in READABLE, "Install it at its metering point.", url)


def _keys(lacking: Collection[str]) -> str:
    names = ", ".join(DeviceKey.Kind(kind).label for kind in lacking)
    return f"Missing: {names}. Load its shipment file." if lacking else ""


def _answer(device: Any) -> str:
    if not device.cause:
        return "Read it now, or wait for its schedule."
    rule = causes.rule(device.cause)
    return f"{rule.text}. {rule.advice}".strip()
