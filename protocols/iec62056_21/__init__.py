"""IEC 62056-21, the sign-on of meters with an optical or serial port; mode E hands the line over to HDLC."""

from protocols.iec62056_21.messages import Identification, OptionSelect
from protocols.iec62056_21.mode_e import LineFormat, ModeE, ModeEMeter

__all__ = ["Identification", "LineFormat", "ModeE", "ModeEMeter", "OptionSelect"]
