"""IEC 62056-21, meters with an optical or serial port: modes A to D in text; mode E hands the line over to HDLC."""

from protocols.iec62056_21.data_sets import DataSet, Number, Value, decode_data_sets
from protocols.iec62056_21.messages import Identification, Mode, OptionSelect
from protocols.iec62056_21.meter import Holdings, Meter, RefusalError
from protocols.iec62056_21.mode_d import Listener, ReadOut
from protocols.iec62056_21.mode_e import ModeE
from protocols.iec62056_21.mode_e_meter import ModeEMeter
from protocols.iec62056_21.names import ShortNames
from protocols.iec62056_21.reader import Reader
from protocols.iec62056_21.sign_on import LineFormat

__all__ = [
    "DataSet",
    "Holdings",
    "Identification",
    "LineFormat",
    "Listener",
    "Meter",
    "Mode",
    "ModeE",
    "ModeEMeter",
    "Number",
    "OptionSelect",
    "ReadOut",
    "Reader",
    "RefusalError",
    "ShortNames",
    "Value",
    "decode_data_sets",
]
