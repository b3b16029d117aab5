"""Devices that push: their messages as octets, and what takes them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import numpy as np
from django.db import connection, connections, transaction
from django.utils import timezone

from devices.keystore import store_key
from devices.models import Device, ProfileLayout
from headend.knowledge import column_to_json
from headend.listener.serving import Inlets, Listening, listening
from headend.plan import REGISTERS, Column
from protocols.dlms.clock import encode_datetime
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import array, double_long_unsigned, integer, long_unsigned, octet_string, structure
from protocols.dlms.keys import KeySet, ReceiveCounter, Security, SendCounter
from protocols.dlms.obis import Obis
from protocols.dlms.rows import ClockColumn, IntegerColumn, encode_rows
from protocols.dlms.security import Tagging
from protocols.dlms.security.key_ring import Credentials, KeyRing
from protocols.dlms.security.protection import Protection
from protocols.dlms.services.notification import CONFIRMED, DataNotification, decode_confirm
from protocols.dlms.tags import Tag
from protocols.wrapper import WrapperFraming
from tests.factories import make_device, make_installation, make_metering_point, make_utility

T = TypeVar("T")

PUSH, SERIAL, CLOCK = (Obis.parse(name) for name in ("0-0:25.9.0", "0-0:96.1.0", "0-0:1.0.0"))
PROFILE, IMPORT, EXPORT = (Obis.parse(name) for name in ("1-0:99.1.0", "1-0:1.8.0", "1-0:2.8.0"))
ALARMS = Obis.parse("0-0:97.98.0")
STATUS = Obis.parse("0-0:96.10.1")
LOCAL = ("127.0.0.1", 0)
EK, AK = bytes(range(16)), bytes(range(16, 32))
_GRACE_S = 0.3
"""An answer is on the line when a message has been dealt with; so long it may take to be here."""
START = datetime(2026, 6, 1, tzinfo=UTC)
COLUMNS = (
    Column(8, CLOCK, 2), Column(1, STATUS, 2), Column(3, IMPORT, 2, 0, "Wh"), Column(3, EXPORT, 2, 0, "Wh"),
)  # fmt: skip


@dataclass
class Pusher:
    """A device as it pushes: its title, keys and the counter of all it sends."""

    title: bytes
    ek: bytes = EK
    ak: bytes = AK
    counter: SendCounter = field(default_factory=SendCounter)
    security: Security = Security.BOTH

    @property
    def keys(self) -> KeySet:
        return KeySet(self.ek, self.ak)

    def ciphered(self, apdu: bytes, tagging: Tagging = Tagging.GENERAL, recipient: bytes = b"") -> bytes:
        ring = KeyRing(Credentials(self.keys, self.title, self.counter, ReceiveCounter()))
        if recipient:
            ring.peer_title = recipient
        return Protection(ring, self.security, tagging=tagging).protect(apdu)


def pusher_of(device: Device) -> Pusher:
    return Pusher(bytes.fromhex(device.system_title))


def make_pushing_device(number: int = 1, *, layouts: bool = True, **fields: Any) -> Device:
    """A device whose keys are known, that hangs at a metering point, and whose layouts were read once."""
    utility = make_utility()
    title = (b"AIM" + number.to_bytes(5, "big")).hex().upper()
    device = make_device(utility, system_title=title, **fields)
    for kind, key in (("encryption", EK), ("authentication", AK)):
        store_key(device=device, kind=kind, key=key)
    make_installation(device, make_metering_point(utility))
    if layouts:
        put_layouts(device)
    return device


def put_layouts(device: Device) -> None:
    """What reading the device once would have put on file."""
    registers = [each for each in COLUMNS if each.is_value]
    for obis, interval_s, columns in ((PROFILE, 900, COLUMNS), (REGISTERS, 0, registers)):
        ProfileLayout.objects.create(
            device=device, obis=str(obis), interval_s=interval_s, read_at=timezone.now(),
            columns=[column_to_json(column) for column in columns],
        )  # fmt: skip


def rows(values: list[int], start: datetime = START) -> Encoded:
    """The buffer of the load profile: import as given, export 0, a row every quarter of an hour."""
    at = int(start.timestamp()) + 900 * np.arange(len(values))
    return encode_rows(
        [
            ClockColumn(at, UTC),
            IntegerColumn(Tag.UNSIGNED, np.zeros(len(values), np.int64)),
            IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, np.array(values, np.int64)),
            IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, np.zeros(len(values), np.int64)),
        ]
    )


def clock(at: datetime) -> Encoded:
    return octet_string(encode_datetime(at))


def number(value: int) -> Encoded:
    return double_long_unsigned(value)


def listed(*content: tuple[Attribute, Encoded]) -> Encoded:
    """A body that begins with the list of its objects, itself among them."""
    names = [Attribute(40, PUSH, 2), *(name for name, _ in content)]
    entries = [
        structure(long_unsigned(each.class_id), octet_string(each.obis), integer(each.index), long_unsigned(0))
        for each in names
    ]
    return structure(array(entries), *(value for _, value in content))


def notification(body: Encoded, *, at: datetime | None = START, confirmed: bool = False) -> bytes:
    sent_at = encode_datetime(at) if at else b""
    return DataNotification(body, sent_at, (CONFIRMED if confirmed else 0) | 7).encode()


def profile_push(values: list[int], start: datetime = START, *, confirmed: bool = True) -> bytes:
    """The usual push of a load profile: the list, a clock, the rows."""
    end = start + timedelta(minutes=15 * len(values))
    content = ((Attribute(8, CLOCK, 2), clock(end)), (Attribute(7, PROFILE, 2), rows(values, start)))
    return notification(listed(*content), at=end, confirmed=confirmed)


def wrapped(apdu: bytes, *, client: int = 1) -> bytes:
    return WrapperFraming(1, client).frame(apdu)


def played(scene: Callable[[Listening], Awaitable[T]], inlets: Inlets | None = None) -> T:
    """Run a scene with a listener at work; at the end all it took is stored."""

    async def play() -> T:
        async with listening(inlets or Inlets(tcp=LOCAL)) as at_work:
            return await asyncio.wait_for(scene(at_work), 30)

    try:
        return asyncio.run(play())
    finally:
        connections["default"].close()


async def answered(place: tuple[str, int], *octets: bytes, patience_s: float = 5.0) -> bytes:
    """Send over TCP piece by piece; the first APDU that comes back, b"" for none within the patience."""
    reader, writer = await asyncio.open_connection(*place)
    framing = WrapperFraming(1)
    try:
        for piece in octets:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(patience_s):
            while data := await reader.read(65_536):
                framing.receive_data(data)
                if (apdu := framing.next_apdu()) is not None:
                    return apdu
    except TimeoutError:
        return b""
    finally:
        writer.close()
    return b""


async def exchanged(listener: Listening, apdu: bytes) -> bytes:
    """Send one message over TCP; its answer, b"" where the listener has dealt with it and said nothing."""
    assert listener.tcp is not None
    before = listener.intake.counts["messages"]
    answer = asyncio.create_task(answered(listener.tcp, wrapped(apdu), patience_s=20))
    while listener.intake.counts["messages"] == before and not answer.done():
        await asyncio.sleep(0.02)
    done, _ = await asyncio.wait([answer], timeout=_GRACE_S)
    if not done:
        answer.cancel()
    return answer.result() if done else b""


def broken_once(meanwhile: Callable[[], object] = lambda: None) -> None:
    """Hold what storing needs until somebody waits for it, and end that one's connection; `meanwhile` is committed
    before it can try again.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE headend_pushcounter IN ACCESS EXCLUSIVE MODE")
            ended = False
            while not ended:
                cursor.execute(_END_WAITING)
                ended = cursor.rowcount > 0
            meanwhile()
    finally:
        connection.close()


_END_WAITING = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE NOT granted AND relation = 'headend_pushcounter'::regclass
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def is_confirmed(answer: bytes, pusher: Pusher, own_title: bytes) -> bool:
    """Whether the answer is our receipt, under the keys of the device and our title."""
    ring = KeyRing(Credentials(pusher.keys, pusher.title, SendCounter(), ReceiveCounter()))
    ring.peer_title = own_title
    plain = Protection(ring, Security.BOTH, tagging=Tagging.GENERAL).open(answer)
    return decode_confirm(plain).invoke == CONFIRMED | 7
