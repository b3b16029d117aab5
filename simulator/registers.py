"""Data and register objects: what a meter is and what it shows."""

from collections.abc import Callable
from datetime import datetime

from protocols.dlms.clock import encode_datetime
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import array, double_long_unsigned, long_unsigned, octet_string, structure, unsigned
from protocols.dlms.obis import Obis
from protocols.dlms.server import TableObject, data_object, register_object
from protocols.dlms.units import ScalerUnit
from simulator.device import AnyDevice, Concentrator, Listed
from simulator.meter import Meter
from simulator.models import MODELS
from simulator.present import Present, Reading
from simulator.profiles import STATUS_DST

WH, W, V, A, HZ, S = 30, 27, 35, 33, 44, 7
Show = Callable[[Reading], int]

# obis, scaler, unit code, width on the wire, value
REGISTERS: tuple[tuple[str, int, int, Callable[[int], Encoded], Show], ...] = (
    ("1-0:1.8.0", 0, WH, double_long_unsigned, lambda r: r.import_t1 + r.import_t2),
    ("1-0:1.8.1", 0, WH, double_long_unsigned, lambda r: r.import_t1),
    ("1-0:1.8.2", 0, WH, double_long_unsigned, lambda r: r.import_t2),
    ("1-0:2.8.0", 0, WH, double_long_unsigned, lambda r: r.export),
    ("1-0:1.7.0", 0, W, double_long_unsigned, lambda r: r.power_in),
    ("1-0:2.7.0", 0, W, double_long_unsigned, lambda r: r.power_out),
    ("1-0:32.7.0", -1, V, long_unsigned, lambda r: r.phases.voltages[0]),
    ("1-0:52.7.0", -1, V, long_unsigned, lambda r: r.phases.voltages[1]),
    ("1-0:72.7.0", -1, V, long_unsigned, lambda r: r.phases.voltages[2]),
    ("1-0:31.7.0", -2, A, long_unsigned, lambda r: r.phases.currents[0]),
    ("1-0:51.7.0", -2, A, long_unsigned, lambda r: r.phases.currents[1]),
    ("1-0:71.7.0", -2, A, long_unsigned, lambda r: r.phases.currents[2]),
    ("1-0:14.7.0", -2, HZ, long_unsigned, lambda r: r.phases.frequency),
)
_PARSED = tuple(
    (Obis.parse(obis), ScalerUnit(power, unit), width, show) for obis, power, unit, width, show in REGISTERS
)
SERIAL, FIRMWARE_ID = Obis.parse("0-0:96.1.0"), Obis.parse("1-0:0.2.0")
METER_LIST = Obis.parse("0-0:128.1.0")
ERRORS, PROFILE_STATUS = Obis.parse("0-0:97.97.0"), Obis.parse("0-0:96.10.1")


def register_objects(meter: Meter) -> list[TableObject]:
    """Every register of `REGISTERS`, all fed by one reading a second."""
    present = Present(meter)

    def register(obis: Obis, unit: ScalerUnit, width: Callable[[int], Encoded], show: Show) -> TableObject:
        return register_object(obis, lambda: width(show(present())), unit)

    return [register(*row) for row in _PARSED]


def identity_objects(device: AnyDevice) -> list[TableObject]:
    """Serial number and firmware id."""
    texts = {SERIAL: device.spec.serial, FIRMWARE_ID: MODELS[device.spec.model].firmware}
    return [data_object(obis, octet_string(text.encode("ascii"))) for obis, text in texts.items()]


def list_object(device: Concentrator) -> TableObject:
    """The meters behind a concentrator: address, serial number, system title, and when it was registered there."""

    def entry(meter: Listed) -> Encoded:
        since = encode_datetime(datetime.fromtimestamp(meter.since, device.local.zone))
        texts = meter.address, meter.serial.encode("ascii"), meter.system_title, since
        return structure(*map(octet_string, texts))

    return data_object(METER_LIST, lambda: array(map(entry, device.listed())))


def state_objects(meter: Meter) -> list[TableObject]:
    """Error register and the status the next profile row will carry."""
    return [
        data_object(ERRORS, double_long_unsigned(0)),
        data_object(PROFILE_STATUS, lambda: unsigned(_status(meter))),
    ]


def _status(meter: Meter) -> int:
    recording = meter.recording
    return STATUS_DST if recording.zone.is_dst_at(recording.clock.reading(meter.now())) else 0
