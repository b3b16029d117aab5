"""Random damage to every kind of octets: nothing but the library's own errors may come out, and soon."""

import random
from collections.abc import Callable, Iterable

import pytest

from protocols.dlms.acse import decode_aare, decode_aarq, decode_release
from protocols.dlms.apdu import decode_apdu
from protocols.dlms.clock import decode_datetime
from protocols.dlms.columns import decode_columns
from protocols.dlms.connection import ClientConnection
from protocols.dlms.data import decode
from protocols.dlms.exchange import associate, converse, get_list, release
from protocols.dlms.initiate import decode_initiate_request, decode_initiate_response
from protocols.dlms.objects import CLOCK_TIME, ProfileLayout, read_clock, read_profile
from protocols.dlms.selection import Entries, Range, RawSelection
from protocols.dlms.server import ServerSession
from protocols.dlms.services.get import GetRequest
from protocols.dlms.units import scaler_unit
from protocols.errors import ProtocolError, RemoteProtocolError
from protocols.wrapper import WrapperFraming
from tests.protocols.every_event import EVENTS
from tests.protocols.parties import ACCESSES, CAPTURES, PROFILE, START, TIMES, Meter, ciphered, connect, run
from tests.protocols.test_columns import compressed
from tests.protocols.test_vectors import AARE_HIGH, AARQ_HIGH, INITIATE

ROUNDS = 400


def damaged(octets: bytes, rng: random.Random) -> bytes:
    """A few octets flipped, cut out, doubled or the end lost."""
    out = bytearray(octets)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(out) + 1)
        match rng.randrange(5):
            case 0:
                out[at : at + 1] = bytes((rng.randrange(256),))
            case 1:
                del out[at : at + rng.randint(1, 4)]
            case 2:
                out[at:at] = rng.randbytes(rng.randint(1, 4))
            case 3:
                out[at:at] = out[at : at + rng.randint(1, 20)]
            case _:
                del out[rng.randrange(len(out) + 1) :]
    return bytes(out)


def profile() -> bytes:
    meter = Meter()
    return meter.device.objects[PROFILE].get(2, Entries(1, 6))  # type: ignore[return-value]


def apdus() -> list[bytes]:
    """Requests and answers as they cross a line without ciphering."""
    session, client = Meter(200).session(), connect(ACCESSES["password"]())
    seen: list[bytes] = []

    def transfer(data: bytes) -> bytes:
        answer = session.handle(data)
        seen.extend((data[8:], answer[8:]))
        return answer

    converse(associate(client), transfer)
    converse(read_profile(client, ProfileLayout(PROFILE, CAPTURES, 900), Range(START, START)), transfer)
    converse(get_list(client, [CLOCK_TIME] * 9), transfer)
    return [*seen[2:], *(event.encode() for event in EVENTS)]


def selection(octets: bytes) -> object:
    request = decode_apdu(octets)
    chosen = request.selection if isinstance(request, GetRequest) else None
    return chosen.parse() if isinstance(chosen, RawSelection) else None


DECODERS: dict[str, tuple[Callable[[bytes], object], Callable[[], Iterable[bytes]]]] = {
    "data": (decode, lambda: [profile(), compressed()]),
    "columns": (lambda octets: decode_columns(octets, capture_period=900), lambda: [profile(), compressed()]),
    "apdu": (decode_apdu, apdus),
    "selection": (
        selection,
        lambda: [GetRequest(CAPTURES[0].attribute, Range(START, START, CAPTURES)).encode()],
    ),
    "aarq": (decode_aarq, lambda: [bytes.fromhex(AARQ_HIGH)]),
    "aare": (decode_aare, lambda: [bytes.fromhex(AARE_HIGH)]),
    "release": (decode_release, lambda: [bytes.fromhex("6203800100"), bytes.fromhex("6303800100")]),
    "initiate": (decode_initiate_request, lambda: [INITIATE]),
    "initiated": (decode_initiate_response, lambda: [bytes.fromhex("0800065F1F040000501F01F40007")]),
    "clock": (decode_datetime, lambda: [bytes.fromhex("07ea010f040e1e0500ff8800")]),
    "unit": (lambda octets: scaler_unit(decode(octets)), lambda: [bytes.fromhex("02020f00161e")]),
}


@pytest.mark.parametrize("name", DECODERS)
def test_decoders_raise_only_their_own_errors(name: str) -> None:
    decoder, samples = DECODERS[name]
    rng = random.Random(name)
    for sample in samples():
        decoder(sample)
        for _ in range(ROUNDS):
            try:
                decoder(damaged(sample, rng))
            except RemoteProtocolError as error:
                assert str(error)


class Damaging:
    """A transfer that damages the requests or answers from the `first` exchange on."""

    def __init__(self, session: ServerSession, rng: random.Random, *, requests: bool) -> None:
        self._session = session
        self._rng = rng
        self._requests = requests
        self._left = rng.randrange(6)

    def __call__(self, data: bytes) -> bytes:
        self._left -= 1
        if self._left > 0 or not data:
            return self._session.handle(data)
        if self._requests:
            return self._session.handle(damaged(data, self._rng))
        return damaged(self._session.handle(data), self._rng)


def whole_session(client: ClientConnection, transfer: Callable[[bytes], bytes]) -> None:
    """Read a clock and a day; whatever arrives in spite of the damage must be right."""
    converse(associate(client), transfer)
    converse(read_clock(client), transfer)
    table = converse(read_profile(client, ProfileLayout(PROFILE, CAPTURES, 900)), transfer)
    if client.settings.keys:
        assert (table.columns[0].values == TIMES).all()
    converse(release(client), transfer)


@pytest.mark.parametrize("requests", [True, False], ids=["meter", "client"])
@pytest.mark.parametrize("access", ["password", "both", "authenticated", "general-glo"])
def test_both_halves_survive_a_damaged_line(access: str, requests: bool) -> None:
    rng = random.Random(access)
    meter = Meter(200)
    errors = 0
    for _ in range(80):
        session, client = meter.session(), connect(ACCESSES[access]())
        client.settings.counter.next_value = 1 + max(counter.last for counter in meter.device.client_counters.values())
        try:
            whole_session(client, Damaging(session, rng, requests=requests))
        except ProtocolError as error:
            errors += 1
            assert str(error)
    assert errors > 40
    session, client = meter.session(), connect(ACCESSES[access]())
    client.settings.counter.next_value = 2**31
    run(associate(client), session)
    assert run(read_clock(client), session).at.year == 2026


def test_random_octets_in_whole_frames() -> None:
    rng = random.Random(13)
    meter = Meter()
    for _ in range(300):
        noise = rng.randbytes(rng.randint(1, 64))
        session, client = meter.session(), connect(ciphered())
        session.handle(WrapperFraming(1, 1).frame(noise))
        client.send(client.association_request())
        client.receive_data(WrapperFraming(1, 1).frame(noise))
        with pytest.raises(RemoteProtocolError):
            client.next_event()
