"""HDLC, the data link of DLMS/COSEM on serial lines and wherever they were replaced by TCP (IEC 62056-46)."""

from protocols.hdlc.address import Address
from protocols.hdlc.deframer import LineCounts
from protocols.hdlc.frame import Frame, decode_frame
from protocols.hdlc.framing import HdlcFraming
from protocols.hdlc.settings import HdlcSettings, LinkLimits

__all__ = ["Address", "Frame", "HdlcFraming", "HdlcSettings", "LineCounts", "LinkLimits", "decode_frame"]
