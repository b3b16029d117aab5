"""Correcting the clock of a device that speaks DLMS/COSEM: by a shift, or by writing the time.

Blue Book, class 8: method 6 `shift_time` takes -900 to 900 seconds and leaves everything else to the meter; attribute 2
takes a whole date-time.
"""

from datetime import datetime, timezone, tzinfo

from protocols.dlms import exchange, objects
from protocols.dlms.clock import encode_datetime
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.encoding import long, octet_string
from protocols.dlms.exchange import Exchange
from protocols.dlms.failures import action_refusal, refusal
from protocols.dlms.obis import Obis
from protocols.dlms.tags import ActionResult, DataAccessResult

TIME, SHIFT_TIME = 2, 6
LONGEST_SHIFT_S = 900
_BEFORE_DEVIATION, _BEHIND_DEVIATION = 9, 11
_DEVIATION_UNSPECIFIED = b"\x80\x00"


def shift_time(connection: ClientConnection, clock: Obis, seconds: int) -> Exchange[None]:
    """Move the clock by so many seconds. RemoteProtocolError where the meter refuses or has no such method."""
    method = Method(objects.CLOCK_CLASS, clock, SHIFT_TIME)
    answer = yield from exchange.invoke(connection, method, long(seconds))
    if answer.result is not ActionResult.SUCCESS:
        raise action_refusal(answer.result, str(method))


def write_time(connection: ClientConnection, clock: Obis, octets: bytes) -> Exchange[None]:
    """Set the clock to a date-time of 12 octets. RemoteProtocolError where the meter refuses."""
    attribute = Attribute(objects.CLOCK_CLASS, clock, TIME)
    result = yield from exchange.put(connection, attribute, octet_string(octets))
    if result is not DataAccessResult.SUCCESS:
        raise refusal(result, str(attribute))


def time_octets(at: datetime, shown_in: tzinfo | None, zone: tzinfo) -> bytes:
    """The instant as a meter takes it that shows its time in `shown_in` and hangs in `zone`.

    A meter that tells its deviation gets the one it tells, so that a correction never moves it into another zone or
    season; with the daylight saving bit where `zone` has the same deviation. One that does not tell gets local time
    without a deviation.
    """
    local = at.astimezone(zone)
    if not isinstance(shown_in, timezone):
        octets = encode_datetime(local)
        return octets[:_BEFORE_DEVIATION] + _DEVIATION_UNSPECIFIED + octets[_BEHIND_DEVIATION:]
    agrees = shown_in.utcoffset(None) == local.utcoffset()
    return encode_datetime(local if agrees else at.astimezone(shown_in))
