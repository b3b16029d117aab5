"""DLMS carried in long frames of the wired M-Bus, as meters push it on their customer interface."""

from protocols.mbus.framing import MbusFraming

__all__ = ["MbusFraming"]
