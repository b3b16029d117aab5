"""The DLMS wrapper for TCP and UDP (IEC 62056-47)."""

from protocols.wrapper.framing import HEADER_SIZE, WrapperFraming

__all__ = ["HEADER_SIZE", "WrapperFraming"]
