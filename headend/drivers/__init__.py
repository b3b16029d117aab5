"""Drivers by the protocol a device model names: a new protocol adds a class here, a new meter only a file."""

from collections.abc import Callable

from headend import causes
from headend.causes import SessionError
from headend.drivers.base import Driver, Target
from headend.drivers.dlms import DlmsDriver
from headend.drivers.iec62056_21 import TextDriver

DRIVERS: dict[str, Callable[[Target], Driver]] = {"dlms": DlmsDriver, "iec62056_21": TextDriver}


def driver_for(target: Target) -> Driver:
    """A driver for one session. SessionError (UNSUPPORTED_MODEL) when nobody speaks the protocol."""
    make = DRIVERS.get(target.description.protocol)
    if make is None:
        raise SessionError(causes.UNSUPPORTED_MODEL, f"no driver for protocol {target.description.protocol!r}")
    return make(target)
