"""Answers to pushes that want one, made after the commit and protected as the push was."""

import logging
from collections import Counter, OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any

from django.conf import settings
from django.db import connection

from devices.models import DeviceKey
from headend.listener.messages import Arrival, Message, Read
from headend.listener.opening import key_set
from protocols.dlms.keys import MAX_COUNTER, ReceiveCounter, SendCounter
from protocols.dlms.security import Tagging
from protocols.dlms.security.key_ring import Credentials, KeyRing
from protocols.dlms.security.protection import Protection
from protocols.errors import LocalProtocolError

log = logging.getLogger(__name__)

COUNTERS = 256
"""Invocation counters reserved at once for the answers to one device."""
_REMEMBERED = 200_000

_Key = tuple[int, int]
"""A device and the version of its encryption key: counters belong to a key, and start anew with the next one."""

_RESERVE = """
UPDATE devices_contact contact SET next_counter = contact.next_counter + %(counters)s
FROM unnest(%(devices)s::bigint[], %(versions)s::int[]) AS wanted(device_id, version)
JOIN devices_devicekey held ON held.device_id = wanted.device_id AND held.version = wanted.version
WHERE contact.device_id = wanted.device_id AND held.kind = 'encryption' AND held.state = 'active'
RETURNING contact.device_id, wanted.version, contact.next_counter - %(counters)s
"""


class Acknowledgements:
    """Makes answers. Counters are reserved in the database before any of them is used, in blocks per device; what is
    left of a block when the process ends is never used.
    """

    def __init__(self) -> None:
        self._counters: OrderedDict[_Key, SendCounter] = OrderedDict()
        self._lock = Lock()

    def answers(self, reads: Sequence[Read]) -> list[tuple[Arrival, bytes]]:
        """What to send to whom for these messages, which are stored. Raises when the database is away."""
        wanted = [read for read in reads if read.confirm is not None]
        with self._lock:
            self._reserve([read.message for read in wanted if read.counted is not None])
            return [(read.message.arrival, apdu) for read in wanted if (apdu := self._answer(read))]

    def _answer(self, read: Read) -> bytes:
        assert read.confirm is not None
        plain = read.confirm.encode()
        if read.counted is None:
            return plain
        message = read.message
        counter = self._counters.get(_key(message))
        if counter is None:
            log.warning("no counter for the answer to device %s: its key was exchanged", _key(message)[0])
            return b""
        try:
            return _protected(plain, message, counter)
        except LocalProtocolError as error:
            log.warning("no answer to device %s: %s", _key(message)[0], error)
            return b""

    def _reserve(self, messages: Sequence[Message]) -> None:
        """A new block for every key whose block does not hold enough for its messages."""
        needed = Counter(_key(message) for message in messages)
        short = sorted(key for key, count in needed.items() if self._left(key) < count)
        if short:
            devices, versions = zip(*short, strict=True)
            parameters: dict[str, Any] = {"counters": COUNTERS, "devices": list(devices), "versions": list(versions)}
            with connection.cursor() as cursor:
                cursor.execute(_RESERVE, parameters)
                for device_id, version, first in cursor.fetchall():
                    block = SendCounter(first, min(first + COUNTERS - 1, MAX_COUNTER))
                    self._counters[device_id, version] = block
        while len(self._counters) > _REMEMBERED:
            self._counters.popitem(last=False)

    def _left(self, key: _Key) -> int:
        counter = self._counters.get(key)
        return 0 if counter is None else counter.limit - counter.next_value + 1


def _key(message: Message) -> _Key:
    return message.sender.known.device.pk, message.sender.versions[DeviceKey.Kind.ENCRYPTION]


def _protected(apdu: bytes, message: Message, counter: SendCounter) -> bytes:
    sender = message.sender
    held = Credentials(key_set(sender), settings.SYSTEM_TITLE, counter, ReceiveCounter())
    return Protection(KeyRing(held), message.security, tagging=Tagging.GENERAL).protect(apdu)
