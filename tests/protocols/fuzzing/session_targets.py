"""Both halves of a connection, given the APDUs of an input one after another, plain or well protected.

Damage to a ciphered message only shows that its tag is looked at; so here what is inside the protection is damaged.
"""

from collections.abc import Callable
from typing import Any

from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.cosem import Attribute
from protocols.dlms.exchange import (
    Exchange,
    access,
    associate,
    converse,
    get,
    get_list,
    invoke,
    invoke_list,
    learn_names,
    notifications,
    put,
    put_list,
    release,
)
from protocols.dlms.keys import ReceiveCounter, SendCounter
from protocols.dlms.objects import (
    DEVICE_NAME,
    ProfileLayout,
    RegisterName,
    read_clock,
    read_layout,
    read_profile,
    read_registers,
)
from protocols.dlms.security import Security, Suite
from protocols.dlms.security.key_ring import Credentials, KeyRing
from protocols.dlms.security.protection import Protection
from protocols.dlms.server import LogicalDevice, ServerSession
from protocols.dlms.services.access_items import AccessAction, AccessGet
from protocols.errors import ProtocolError
from protocols.wrapper import HEADER_SIZE, WrapperFraming
from tests.protocols.fuzzing.checking import Target
from tests.protocols.fuzzing.mutation import packed, unpacked
from tests.protocols.fuzzing.recorded import PLAIN, apdus, beginning
from tests.protocols.matrix.meters import LogicalMeter, ShortMeter
from tests.protocols.matrix.securities import SECURITIES, Naming, SecurityRow
from tests.protocols.notebook import COUNT, ECHO, page, text
from tests.protocols.parties import CAPTURES, CLIENT_TITLE, ENERGY, METER_TITLE, PROFILE
from tests.protocols.security.parties import CLIENT, keys_of
from tests.protocols.short_parties import TEXT

CIPHERED = next(row for row in SECURITIES if row.name == "suite 0 pre-established glo AE")
OPEN = next(row for row in SECURITIES if row.name == "pre-established")
LONG = text(500)
VALUE = Attribute(1, TEXT, 2)
Asking = Callable[[ClientConnection], Exchange[Any]]
LOGICAL: list[Asking] = [
    lambda client: get(client, page(2)),
    lambda client: get_list(client, [page(2), page(3)]),
    lambda client: put(client, page(2), LONG),
    lambda client: put_list(client, [(page(2), LONG), (page(3), LONG)]),
    lambda client: invoke(client, ECHO, LONG),
    lambda client: invoke_list(client, [(ECHO, LONG), COUNT]),
    lambda client: access(client, [AccessGet(page(2)), AccessAction(COUNT)]),
    lambda client: read_profile(client, ProfileLayout(PROFILE, CAPTURES, 900)),
    lambda client: read_layout(client, PROFILE),
    lambda client: read_registers(client, [RegisterName(ENERGY)]),
    read_clock,
    notifications,
]
SHORT: list[Asking] = [
    lambda client: get(client, VALUE),
    lambda client: get_list(client, [VALUE, DEVICE_NAME]),
    lambda client: put(client, VALUE, LONG),
    learn_names,
    read_clock,
]


def _client(row: SecurityRow, naming: Naming) -> ClientConnection:
    return ClientConnection(row.client(naming, 0), WrapperFraming(CLIENT, 1))


def _device(row: SecurityRow, naming: Naming) -> LogicalDevice:
    terms = row.meter(naming, 0), row.max_pdu, 0
    return LogicalMeter(*terms).device if naming is Naming.LOGICAL else ShortMeter(*terms).device


def _protection(own: bytes, peer: bytes) -> Protection:
    """What protects the messages of one side; its counter is ahead of all the other has seen."""
    ring = KeyRing(Credentials(keys_of(Suite.AES_128), own, SendCounter(1000), ReceiveCounter()))
    ring.peer_title = peer
    return Protection(ring, Security.BOTH)


def _answered(row: SecurityRow, naming: Naming, askings: list[Asking]) -> Callable[[bytes], object]:
    """The client asks what the first octet chooses, and is answered with the APDUs of the rest."""

    def take(octets: bytes) -> object:
        client = _client(row, naming)
        protection = _protection(METER_TITLE, CLIENT_TITLE) if row.ciphered else None
        answers = iter(unpacked(octets[1:]))

        def transfer(_: bytes) -> bytes:
            apdu = next(answers, b"")
            if apdu and protection is not None:
                apdu = protection.protect(apdu)
            return WrapperFraming(1, CLIENT).frame(apdu) if apdu else b""

        converse(askings[(octets[0] if octets else 0) % len(askings)](client), transfer)
        return None

    return take


def _answers(naming: Naming, askings: list[Asking]) -> Callable[[], list[bytes]]:
    """What a meter answers to each."""

    def seeds() -> list[bytes]:
        found: list[bytes] = []
        for number, asking in enumerate(askings):
            session = ServerSession(_device(OPEN, naming))
            said: list[bytes] = []

            def transfer(data: bytes, session: ServerSession = session, said: list[bytes] = said) -> bytes:
                answer = session.handle(data)
                said.append(answer[HEADER_SIZE:])
                return answer

            try:
                converse(asking(_client(OPEN, naming)), transfer)
            except ProtocolError:
                said.append(b"\x0f\x00\x00\x00\x01\x00\x11\x05")
            found.append(bytes((number,)) + packed([apdu for apdu in said if apdu]))
        return found

    return seeds


def _asked(row: SecurityRow, naming: Naming) -> Callable[[bytes], object]:
    """The meter is sent the APDUs of the input; it may hang up, but raises nothing."""
    device = _device(row, naming)

    def take(octets: bytes) -> None:
        session = ServerSession(device)
        protection = _protection(CLIENT_TITLE, METER_TITLE) if row.ciphered else None
        if protection is not None:
            device.client_counters[CLIENT].last = 0
        for apdu in unpacked(octets):
            if apdu and not session.closed:
                sent = apdu if protection is None else protection.protect(apdu)
                session.handle(WrapperFraming(CLIENT, 1).frame(sent))

    return take


def _requests() -> list[bytes]:
    known = [apdu for apdu in apdus() if apdu[0] < 32 or 191 < apdu[0] < 196 or apdu[0] in (217, 0x60, 0x62)]
    return [packed(known[start : start + 3]) for start in range(0, len(known), 3)]


def _associating(octets: bytes) -> object:
    """A client that is answered with these octets from the beginning, association included."""
    client = ClientConnection(_hls(), WrapperFraming(CLIENT, 1))
    answers = iter(unpacked(octets))

    def transfer(_: bytes) -> bytes:
        apdu = next(answers, b"")
        return WrapperFraming(1, CLIENT).frame(apdu) if apdu else b""

    converse(associate(client), transfer)
    converse(release(client), transfer)
    return None


def _hls() -> ClientSettings:
    return PLAIN.client(Naming.LOGICAL, 0)


def _association() -> list[bytes]:
    accepted, released = beginning(0x61), beginning(0x63)
    return [packed([first, last]) for first in accepted for last in released]


TARGETS = (
    *(
        Target(f"{kind} client {naming.value}", _answered(row, naming, askings), _answers(naming, askings), seconds=3)
        for kind, row in (("plain", OPEN), ("ciphered", CIPHERED))
        for naming, askings in ((Naming.LOGICAL, LOGICAL), (Naming.SHORT, SHORT))
    ),
    *(
        Target(f"{kind} meter {naming.value}", _asked(row, naming), _requests, seconds=3)
        for kind, row in (("plain", OPEN), ("ciphered", CIPHERED), ("associating", PLAIN))
        for naming in Naming
    ),
    Target("associating client", _associating, _association, seconds=3),
)
