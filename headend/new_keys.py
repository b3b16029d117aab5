"""New keys of a device as a session tries them: counters reserved and versions changed in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from devices.keystore import KeyStateError, activate
from devices.keystore.counters import reserve_new
from devices.models import Device
from headend import causes
from headend.causes import SessionError
from headend.drivers.base import COUNTERS_PER_SESSION
from headend.drivers.recovery import NewKeys
from headend.knowledge import Knowledge

T = TypeVar("T")
WHY = "the device refused the former keys and answered to the new ones"


def new_keys_of(known: Knowledge) -> NewKeys | None:
    """The NEW keys of the device a session is made with; None where it has none."""
    if not known.new_keys:
        return None
    device = known.device.spoken_to
    return NewKeys(known.new_keys, partial(_reserve, device.pk), partial(_activate, device))


async def _reserve(device_id: int, minimum: int) -> int:
    act = partial(reserve_new, device_id=device_id, minimum=minimum, count=COUNTERS_PER_SESSION)
    return await asyncio.to_thread(_in_database, act)


async def _activate(device: Device, kinds: Sequence[str]) -> None:
    await asyncio.to_thread(_in_database, partial(activate, device=device, kinds=kinds, why=WHY))


def _in_database(act: Callable[[], T]) -> T:
    """SessionError: DATABASE_AWAY, or KEYS_CHANGED where somebody else has dealt with the new keys meanwhile."""
    try:
        return act()
    except KeyStateError as error:
        raise SessionError(causes.KEYS_CHANGED, str(error)) from error
    except (OperationalError, InterfaceError) as error:
        raise SessionError(causes.DATABASE_AWAY, f"new keys not tried: {error}") from error
    finally:
        connection.close()
