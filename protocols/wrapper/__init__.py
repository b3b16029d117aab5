"""The DLMS wrapper for TCP and UDP (IEC 62056-47)."""

from protocols.wrapper.datagram import WrapperDatagrams, split_frames
from protocols.wrapper.framing import HEADER_SIZE, WrapperFraming

__all__ = ["HEADER_SIZE", "WrapperDatagrams", "WrapperFraming", "split_frames"]
