"""What a meter pushes of its own: the last rows of its load profile with all that explains them, or one alarm."""

from collections.abc import Sequence
from datetime import UTC, datetime

from protocols.dlms.clock import encode_datetime
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.device import LogicalDevice
from protocols.dlms.encoding import NULL, array, octet_string, structure, unsigned
from protocols.dlms.obis import Obis
from protocols.dlms.selection import Capture, Range
from simulator.buffers import ENERGY, LAYOUTS, buffer
from simulator.fleet import PUSH_WITHOUT_OBJECT_LIST
from simulator.household import QUARTER
from simulator.meter import Meter

LOAD = LAYOUTS[0]
PUSH_SETUP = Attribute(40, Obis.parse("0-0:25.9.0"), 2)
CLOCK = Attribute(8, Obis.parse("0-0:1.0.0"), 2)
EVENT_CODE = Attribute(1, Obis.parse("0-0:96.11.0"), 2)
BUFFER, CAPTURES, PERIOD = 2, 3, 4
UNIT = 3
Content = Sequence[tuple[Attribute, Encoded]]


def rows_body(meter: Meter, device: LogicalDevice, rows: int) -> Encoded:
    """The last `rows` rows of the load profile, its columns and period, and the units of its registers."""
    units = [Attribute(each.attribute.class_id, each.attribute.obis, UNIT) for each in ENERGY[:2]]
    profile = [Attribute(7, LOAD.obis, index) for index in (CAPTURES, PERIOD)]
    explained = [(name, _read(device, name)) for name in (*profile, *units)]
    buffered = (Attribute(7, LOAD.obis, BUFFER), _last_rows(meter, rows))
    return _body(meter, [(CLOCK, clock_value(meter, meter.now())), *explained, buffered])


def alarm_body(meter: Meter, at: int, code: int) -> Encoded:
    """An entry of the standard event log as it is made: its time by the meter's clock, `at` the true one, and code."""
    return _body(meter, [(CLOCK, clock_value(meter, at)), (EVENT_CODE, unsigned(code))])


def clock_value(meter: Meter, at: int) -> Encoded:
    """What the meter's clock shows at a true instant."""
    return octet_string(shown(meter, at))


def shown(meter: Meter, at: int) -> bytes:
    """What the meter's clock shows at a true instant, 12 octets."""
    return encode_datetime(meter.local.at(meter.clock.reading(at)))


def _last_rows(meter: Meter, rows: int) -> Encoded:
    newest = meter.clock.reading(meter.now())
    wanted = Range(datetime.fromtimestamp(newest - rows * QUARTER + 1, UTC), datetime.fromtimestamp(newest, UTC))
    found = buffer(meter, LOAD, wanted)
    assert isinstance(found, Encoded), "a range of the clock is what every profile knows"
    return found


def _read(device: LogicalDevice, name: Attribute) -> Encoded:
    found = device.objects[name.obis].get(name.index, None)
    return found if isinstance(found, Encoded) else NULL


def _body(meter: Meter, content: Content) -> Encoded:
    names = array(Capture(name).encode() for name in (PUSH_SETUP, *(name for name, _ in content)))
    listed = [] if PUSH_WITHOUT_OBJECT_LIST in meter.spec.quirks else [names]
    return structure(*listed, *(value for _, value in content))
