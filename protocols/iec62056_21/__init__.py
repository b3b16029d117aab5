"""IEC 62056-21, the sign-on of meters with an optical or serial port; mode E hands the line over to HDLC."""

from protocols.iec62056_21.messages import Identification, OptionSelect
from protocols.iec62056_21.mode_e import ModeE
from protocols.iec62056_21.mode_e_meter import ModeEMeter
from protocols.iec62056_21.sign_on import LineFormat

__all__ = ["Identification", "LineFormat", "ModeE", "ModeEMeter", "OptionSelect"]
