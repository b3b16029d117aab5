"""How much of the invocation counters of a key is used: four octets, and none may be used twice."""

from collections.abc import Iterator

from django.db import connection

from devices.keystore.errors import KeyStateError
from devices.models import Contact, Device
from protocols.dlms.keys import MAX_COUNTER
from protocols.errors import Cause, LocalProtocolError

WARN_SHARE = 0.75
WARN_AT = int((MAX_COUNTER + 1) * WARN_SHARE)
"""From here on the encryption key of the device must be rolled: at 96 readings a day there are decades left, but a
meter whose counter was pushed up by somebody else has none."""

_RESERVE = """
UPDATE devices_devicekey SET next_counter = greatest(next_counter, %(minimum)s) + %(count)s
WHERE device_id = %(device)s AND kind = 'encryption' AND state = 'new' RETURNING next_counter - %(count)s
"""


def reserve_new(*, device_id: int, minimum: int, count: int) -> int:
    """Reserve `count` counters of the NEW encryption key, none below `minimum`; returns the first.

    LocalProtocolError (COUNTER_EXHAUSTED) for a `minimum` four octets do not hold, KeyStateError where there is no NEW
    key; then nothing is reserved.
    """
    if minimum > MAX_COUNTER:
        raise LocalProtocolError(Cause.COUNTER_EXHAUSTED, f"there is no invocation counter above {MAX_COUNTER}")
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, {"device": device_id, "minimum": minimum, "count": count})
        row = cursor.fetchone()
    if row is None:
        raise KeyStateError(f"device {device_id} has no new encryption key")
    return int(row[0])


def share_of(next_counter: int) -> float:
    """The used share of the counters of a key, 0 to 1, where `next_counter` is the first that is not reserved."""
    return min(next_counter / (MAX_COUNTER + 1), 1.0)


def is_running_out(next_counter: int) -> bool:
    """Whether a person must be told."""
    return next_counter >= WARN_AT


def running_out() -> Iterator[tuple[Device, float]]:
    """Devices whose active encryption key has few counters left, with the used share; the worst first."""
    contacts = Contact.objects.filter(next_counter__gte=WARN_AT).select_related("device").order_by("-next_counter")
    for contact in contacts.iterator():
        yield contact.device, share_of(contact.next_counter)
