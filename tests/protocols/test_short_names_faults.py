"""Refusals, lost blocks and damaged lines with short names; what a meter sends on its own; methods that return."""

import random
from collections.abc import Callable, Sequence

import pytest

from protocols.dlms.acse import Aarq, Context, decode_aarq
from protocols.dlms.base_names import ASSOCIATION_SN, BaseNames
from protocols.dlms.conformance import SUPPORTED_SN, Conformance
from protocols.dlms.connection import NEED_DATA, ClientConnection, ClientSettings, State
from protocols.dlms.cosem import CURRENT_ASSOCIATION, Attribute, Method
from protocols.dlms.data import Encoded, decode
from protocols.dlms.encoding import array, integer, long_unsigned, octet_string, structure, unsigned
from protocols.dlms.events import Event
from protocols.dlms.exchange import (
    Exchange,
    associate,
    converse,
    get,
    get_list,
    invoke,
    put,
    read_object_list,
    request,
    unconfirmed_write,
)
from protocols.dlms.initiate import InitiateRequest, InitiateResponse
from protocols.dlms.obis import Obis
from protocols.dlms.objects import CLOCK_TIME, DEVICE_NAME, ProfileLayout, read_clock, read_profile
from protocols.dlms.selection import Range, RawSelection
from protocols.dlms.server import Association, LogicalDevice, ServerSession
from protocols.dlms.services.failure import ConfirmedServiceError
from protocols.dlms.services.get import GetRequest
from protocols.dlms.services.short_access import Variable
from protocols.dlms.services.short_read import (
    LastReadBlock,
    LastReadRequestBlock,
    ReadBlock,
    ReadBlockReceived,
    ReadNext,
    ReadRequest,
    ReadRequestBlock,
    ReadResponse,
)
from protocols.dlms.services.short_report import InformationReport
from protocols.dlms.services.short_write import (
    LastWriteBlock,
    WriteBlock,
    WriteBlockReceived,
    WriteRequest,
    WriteResponse,
)
from protocols.dlms.short_hls import HLS_VARIABLE, action_result, proof_in
from protocols.dlms.short_transfer import LongRead, LongRequest
from protocols.dlms.tags import ActionResult, DataAccessResult, Mechanism
from protocols.errors import Cause, ProtocolError, RemoteProtocolError
from protocols.wrapper import WrapperFraming
from tests.protocols.failing import cause_of
from tests.protocols.parties import METER_TITLE, PASSWORD, run
from tests.protocols.short_parties import (
    CAPTURES,
    IMPORT,
    IMPORT_BASE,
    NAMES,
    PROFILE,
    READER,
    START,
    TEXT,
    TEXT_BASE,
    TIMES,
    GridMeter,
    connect,
    manager,
    reader,
)
from tests.protocols.test_fuzz import Damaging

LAYOUT = ProfileLayout(PROFILE, CAPTURES, 900)
REFUSED = DataAccessResult.READ_WRITE_DENIED


def ready(
    access: tuple[int, ClientSettings] | None = None, meter: GridMeter | None = None
) -> tuple[ClientConnection, ServerSession]:
    client, session = connect(access or reader()), (meter or GridMeter()).session()
    run(associate(client), session)
    return client, session


def asked(client: ClientConnection, session: ServerSession, *events: Event) -> list[Event]:
    """The answers to requests sent one after the other."""
    return [run(request(client, event), session) for event in events]


def answered(exchange: Exchange[object], *answers: Event) -> object:
    """The exchange with a meter that says just this, whatever it is asked."""
    waiting = [WrapperFraming(1, READER).frame(answer.encode()) for answer in answers]  # type: ignore[union-attr]
    return converse(exchange, lambda _: waiting.pop(0))


def test_the_association_request_of_the_standard() -> None:
    octets = bytes.fromhex("601da109060760857405080102be10040e01000000065f1f04001c0320ffff")
    read_and_write = Conformance.READ | Conformance.WRITE | Conformance.UNCONFIRMED_WRITE
    conformance = (
        read_and_write
        | Conformance.MULTIPLE_REFERENCES
        | Conformance.INFORMATION_REPORT
        | Conformance.PARAMETERIZED_ACCESS
    )
    assert Aarq(Context.SN, InitiateRequest(conformance).encode()).encode() == octets
    assert decode_aarq(octets).context is Context.SN
    client = connect((READER, ClientSettings(short_names=NAMES, conformance=conformance)))
    assert client.send(client.association_request())[8:] == octets


def test_the_answer_of_the_standard_opens_an_association_with_short_names() -> None:
    client = connect((READER, ClientSettings(short_names=NAMES)))
    client.send(client.association_request())
    octets = "6129a109060760857405080102a203020100a305a103020100be10040e0800065f1f04001c032001f4fa00"
    client.receive_data(WrapperFraming(1, READER).frame(bytes.fromhex(octets)))
    accepted = client.next_event()
    assert accepted.initiate == InitiateResponse(Conformance(0x1C0320), 500, vaa_name=0xFA00)  # type: ignore[union-attr]
    assert client.state is State.READY
    assert client.send(ReadRequest((Variable(0x2BC8),)))[8:].hex() == "0501022bc8"


def test_a_context_that_was_not_agreed_is_refused() -> None:
    meter = GridMeter()
    logical = connect((READER, ClientSettings(Mechanism.LLS, password=PASSWORD)))
    assert cause_of(lambda: run(associate(logical), meter.session())) is Cause.REJECTED_ASSOCIATION
    wrong = connect(reader(password=b"87654321"))
    assert cause_of(lambda: run(associate(wrong), meter.session())) is Cause.REJECTED_ASSOCIATION


@pytest.mark.parametrize("secret", [PASSWORD, b"something else"])
def test_a_plain_challenge_is_answered_by_reading_a_variable(secret: bytes) -> None:
    association = Association(READER, Mechanism.HLS_SHA1, PASSWORD, context=Context.SN)
    session = ServerSession(LogicalDevice("LGZ12345678", METER_TITLE, [], [association]))
    client = connect((READER, ClientSettings(Mechanism.HLS_SHA1, password=secret, short_names=BaseNames())))
    if secret == PASSWORD:
        run(associate(client), session)
        assert client.state is State.READY
    else:
        assert cause_of(lambda: run(associate(client), session)) is Cause.AUTHENTICATION_FAILED


@pytest.mark.parametrize(
    "event",
    [
        ReadRequest(()),
        ReadNext(1),
        ReadRequest((Variable(HLS_VARIABLE),)),
        ReadRequest((Variable(IMPORT_BASE, RawSelection(1, integer(0))),)),
    ],
    ids=["nothing", "next", "no token", "another variable"],
)
def test_only_a_proof_is_a_proof(event: Event) -> None:
    assert proof_in(event) is None


def test_settings_bring_what_short_names_need() -> None:
    mapped = ClientSettings(short_names=NAMES)
    assert (mapped.named_context, mapped.conformance, mapped.short_names) == (Context.SN, SUPPORTED_SN, NAMES)
    named = ClientSettings(context=Context.SN)
    assert (named.short_names is None, named.conformance) == (False, SUPPORTED_SN)
    assert manager()[1].named_context is Context.SN_CIPHERED
    chosen = ClientSettings(short_names=NAMES, conformance=Conformance.READ)
    assert chosen.conformance is Conformance.READ
    assert cause_of(lambda: ClientSettings(short_names=NAMES, context=Context.LN)) is Cause.INVALID_VALUE


@pytest.mark.parametrize("access", [reader, manager], ids=["password", "keys"])
def test_a_service_of_logical_names_is_refused_in_terms_of_short_names(
    access: Callable[[], tuple[int, ClientSettings]],
) -> None:
    client, session = ready(access())
    with pytest.raises(RemoteProtocolError, match="read refused: service, service unsupported"):
        run(request(client, GetRequest(CLOCK_TIME)), session)
    assert run(read_clock(client), session).at.year == 2026


def test_what_cannot_be_read_is_refused_in_terms_of_short_names() -> None:
    client, session = ready()
    client.send(ReadRequest((Variable(8),)))
    answer = session.handle(WrapperFraming(READER, 1).frame(bytes.fromhex("0501090008")))
    client.receive_data(answer)
    assert client.next_event() == ConfirmedServiceError(5, 3, 0)
    assert session.last_error is not None
    assert run(read_clock(client), session).at.year == 2026


def test_a_service_that_was_not_agreed_is_refused() -> None:
    client, session = ready(reader(conformance=Conformance.READ))
    assert cause_of(lambda: run(put(client, Attribute(1, TEXT, 2), octet_string(b"x")), session)) is Cause.UNSUPPORTED
    quiet = GridMeter()
    client, session = ready(reader(conformance=Conformance.READ), quiet)
    assert session.handle(unconfirmed_write(client, Attribute(1, TEXT, 2), octet_string(b"x"))) == b""
    assert quiet.text == b"nothing"


def test_without_blocks_what_is_long_cannot_be_had() -> None:
    plain = SUPPORTED_SN & ~(Conformance.BLOCK_TRANSFER_GET | Conformance.BLOCK_TRANSFER_SET)
    client, session = ready(reader(conformance=plain), GridMeter(128))
    long = run(get(client, Attribute(7, PROFILE, 2)), session)
    assert long is DataAccessResult.OTHER_REASON
    value = octet_string(bytes(300))
    assert cause_of(lambda: run(put(client, Attribute(1, TEXT, 2), value), session)) is Cause.TOO_LARGE
    asked_in_detail = Range(START, START, CAPTURES * 4)
    assert cause_of(lambda: run(get(client, Attribute(7, PROFILE, 2), asked_in_detail), session)) is Cause.TOO_LARGE


@pytest.mark.parametrize("access", [reader, manager], ids=["password", "keys"])
def test_a_long_request_goes_in_blocks(access: Callable[[], tuple[int, ClientSettings]]) -> None:
    client, session = ready(access(), GridMeter(128))
    result = run(get(client, Attribute(7, PROFILE, 2), Range(START, START, CAPTURES * 9)), session)
    assert isinstance(result, Encoded)
    assert len(decode(result)) == 1  # type: ignore[arg-type]


def test_blocks_out_of_order_end_a_long_request() -> None:
    client, session = ready()
    whole = ReadRequest((Variable(TEXT_BASE + 8),)).encode()[1:]
    invalid = ReadResponse((DataAccessResult.DATA_BLOCK_NUMBER_INVALID,))
    taken: list[Event] = [ReadRequestBlock(1, whole[:2]), LastReadRequestBlock(2, whole[2:])]
    assert asked(client, session, *taken) == [ReadBlockReceived(1), ReadResponse((octet_string(b"nothing"),))]
    lost = [ReadRequestBlock(1, whole[:2]), ReadRequestBlock(1, whole[:2])]
    assert asked(client, session, *lost) == [ReadBlockReceived(1), ReadBlockReceived(1)]
    assert asked(client, session, LastReadRequestBlock(3, whole[2:])) == [invalid]
    assert asked(client, session, ReadRequestBlock(2, whole[2:])) == [invalid]
    written = WriteResponse((DataAccessResult.DATA_BLOCK_NUMBER_INVALID,))
    assert asked(client, session, ReadRequestBlock(1, whole), WriteBlock(2, b"")) == [ReadBlockReceived(1), written]
    assert asked(client, session, LastWriteBlock(2, b"")) == [written]


def test_joined_blocks_must_be_whole() -> None:
    client, session = ready()
    cut_read, cut_write = LastReadRequestBlock(1, b"\x01\x02\x00"), LastWriteBlock(1, b"\x01")
    assert cause_of(lambda: run(request(client, cut_read), session)) is Cause.REFUSED
    assert cause_of(lambda: run(request(client, cut_write), session)) is Cause.REFUSED
    assert cause_of(lambda: run(request(client, LastReadRequestBlock(1, b"\x00\x00")), session)) is Cause.REFUSED
    assert run(read_clock(client), session).at.year == 2026


def test_calls_for_blocks_that_are_not_there() -> None:
    client, session = ready(meter=GridMeter(128))
    profile = ReadRequest((Variable(NAMES.of_attribute(Attribute(7, PROFILE, 2))),))  # type: ignore[arg-type]
    first, repeated = asked(client, session, profile, ReadNext(1))
    assert isinstance(first, ReadBlock)
    assert isinstance(repeated, ReadBlock)
    assert asked(client, session, ReadNext(1)) == [ReadResponse((DataAccessResult.DATA_BLOCK_NUMBER_INVALID,))]
    stray = session.handle(WrapperFraming(READER, 1).frame(ReadNext(2).encode()))
    assert stray[8:] == ReadResponse((DataAccessResult.NO_LONG_GET_IN_PROGRESS,)).encode()


def test_transfers_are_bounded() -> None:
    taken = LongRequest()
    assert taken.take(5, 1, bytes(60), 100) is DataAccessResult.SUCCESS
    assert taken.take(5, 2, bytes(60), 100) is DataAccessResult.OTHER_REASON
    assert taken.take(5, 3, b"", 100) is DataAccessResult.DATA_BLOCK_NUMBER_INVALID
    assert taken.joined() == b""
    assert LongRead(bytes(0xFFFF), 1).is_possible
    assert not LongRead(bytes(0x10000), 1).is_possible
    assert not LongRead(b"", 0).is_possible


GOT = ReadResponse((unsigned(5),))


@pytest.mark.parametrize(
    ("answers", "cause"),
    [
        ([ReadBlock(2, b"\x01")], Cause.BLOCK_LOST),
        ([ReadBlock(1, b"\x01"), ReadBlock(1, b"\x00")], Cause.BLOCK_LOST),
        ([ReadBlock(1, bytes(600)), LastReadBlock(2, bytes(600))], Cause.TOO_LARGE),
        ([ReadBlock(1, b"\x01\x00"), LastReadBlock(2, b"\x11")], Cause.GARBAGE),
        ([ReadResponse((unsigned(5), unsigned(6)))], Cause.GARBAGE),
        ([ReadBlock(1, b"\x01"), WriteResponse((REFUSED,))], Cause.UNEXPECTED),
        ([ReadBlockReceived(1)], Cause.UNEXPECTED),
        ([ConfirmedServiceError(5, 0, 6)], Cause.WRONG_KEY),
        ([ConfirmedServiceError(5, 4, 1)], Cause.OBJECT_UNDEFINED),
    ],
    ids=["not 1", "again", "too large", "cut", "too many", "written", "received", "deciphering", "undefined"],
)
def test_wrong_answers_to_a_read(answers: Sequence[Event], cause: Cause) -> None:
    client, _ = ready(reader(max_reply=1000))
    assert cause_of(lambda: answered(get(client, CLOCK_TIME), *answers)) is cause


def test_a_transfer_that_the_meter_ends_gives_its_reason() -> None:
    client, _ = ready()
    ended = ReadResponse((DataAccessResult.LONG_GET_ABORTED,))
    assert answered(get(client, CLOCK_TIME), ReadBlock(1, b"\x01"), ended) is DataAccessResult.LONG_GET_ABORTED
    assert cause_of(lambda: answered(get_list(client, [CLOCK_TIME, DEVICE_NAME]), ended)) is Cause.REFUSED
    long = octet_string(bytes(2000))
    stopped = WriteResponse((DataAccessResult.LONG_SET_ABORTED,))
    assert answered(put(client, Attribute(1, TEXT, 2), long), stopped) is DataAccessResult.LONG_SET_ABORTED


@pytest.mark.parametrize(
    ("answers", "cause"),
    [
        ([WriteResponse((REFUSED, REFUSED))], Cause.GARBAGE),
        ([WriteBlockReceived(1)], Cause.UNEXPECTED),
    ],
    ids=["two", "received"],
)
def test_wrong_answers_to_a_write(answers: Sequence[Event], cause: Cause) -> None:
    client, _ = ready()
    assert cause_of(lambda: answered(put(client, Attribute(1, TEXT, 2), unsigned(1)), *answers)) is cause


def test_a_block_confirmed_by_another_number_is_lost() -> None:
    client, _ = ready()
    write = put(client, Attribute(1, TEXT, 2), octet_string(bytes(2000)))
    assert cause_of(lambda: answered(write, WriteBlockReceived(2))) is Cause.BLOCK_LOST


def test_nothing_is_asked_of_the_meter_for_names_it_does_not_have() -> None:
    client, _ = ready()
    unknown = Attribute(3, Obis.parse("1-1:99.8.0"), 2)
    assert answered(get_list(client, [unknown])) == (DataAccessResult.OBJECT_UNDEFINED,)
    assert answered(get(client, unknown)) is DataAccessResult.OBJECT_UNDEFINED
    assert cause_of(lambda: unconfirmed_write(client, unknown, unsigned(1))) is Cause.INVALID_VALUE


def test_an_object_list_that_is_refused_or_none() -> None:
    client, _ = ready()
    assert cause_of(lambda: answered(read_object_list(client), ReadResponse((REFUSED,)))) is Cause.ACCESS_DENIED
    client, _ = ready()
    assert cause_of(lambda: answered(read_object_list(client), GOT)) is Cause.GARBAGE


def test_lists_are_written_and_each_has_its_outcome() -> None:
    meter = GridMeter()
    client, session = ready(meter=meter)
    variables = Variable(TEXT_BASE + 8), Variable(IMPORT_BASE + 8), Variable(1), Variable(0x2B40 + 0x20)
    values = octet_string(b"new"), unsigned(1), unsigned(1), integer(0)
    (answer,) = asked(client, session, WriteRequest(variables, values))
    success = DataAccessResult.SUCCESS
    assert answer == WriteResponse((success, REFUSED, DataAccessResult.OBJECT_UNDEFINED, success))
    assert (meter.text, meter.switched) == (b"new", [0])


def test_methods_that_return_something_are_read() -> None:
    client, session = ready()
    names = array(
        structure(long_unsigned(class_id), octet_string(obis), integer(index))
        for class_id, obis, index in (
            (1, TEXT, 2),
            (3, IMPORT, 1),
            (3, TEXT, 2),
            (3, Obis.parse("1-1:99.8.0"), 2),
            (3, IMPORT, 9),
        )
    )
    by_name = Method(ASSOCIATION_SN, CURRENT_ASSOCIATION, 3)
    answer = run(invoke(client, by_name, names), session)
    assert answer.result is ActionResult.SUCCESS
    assert decode(answer.returned or b"") == [b"nothing", bytes(IMPORT), None, None, None]  # type: ignore[arg-type]
    assert run(invoke(client, by_name), session).returned == array([])
    assert run(invoke(client, by_name, unsigned(1)), session).result is ActionResult.TYPE_UNMATCHED
    late = run(invoke(client, Method(ASSOCIATION_SN, CURRENT_ASSOCIATION, 8), octet_string(b"x")), session)
    assert late.result is ActionResult.OTHER_REASON


def test_a_method_read_though_it_returns_nothing_gives_null() -> None:
    client, session = ready()
    relay = Variable(0x2B40 + 0x20, RawSelection(1, integer(0)))
    assert asked(client, session, ReadRequest((relay,))) == [ReadResponse((Encoded(b"\x00"),))]
    assert asked(client, session, ReadRequest((Variable(3),))) == [ReadResponse((DataAccessResult.OBJECT_UNDEFINED,))]


def test_the_password_is_changed_by_a_method() -> None:
    meter = GridMeter()
    client, session = ready(meter=meter)
    change = Method(ASSOCIATION_SN, CURRENT_ASSOCIATION, 5)
    assert run(invoke(client, change, octet_string(b"new secret")), session).result is ActionResult.SUCCESS
    run(associate(connect(reader(password=b"new secret"))), meter.session())
    client, session = ready(manager(), meter)
    assert run(invoke(client, change, octet_string(b"nonsense")), session).result is ActionResult.OTHER_REASON


def test_reasons_that_methods_do_not_have() -> None:
    assert action_result(DataAccessResult.DATA_BLOCK_NUMBER_INVALID) is ActionResult.OTHER_REASON
    assert action_result(REFUSED) is ActionResult.READ_WRITE_DENIED


@pytest.mark.parametrize("access", [reader, manager], ids=["password", "keys"])
def test_a_report_comes_between_request_and_answer(access: Callable[[], tuple[int, ClientSettings]]) -> None:
    client, session = ready(access())
    report = InformationReport((Variable(TEXT_BASE + 8),), (octet_string(b"alarm"),))
    client.receive_data(session.push(report))
    assert client.next_event() == report
    assert client.next_event() is NEED_DATA
    exchange = request(client, ReadRequest((Variable(TEXT_BASE + 8),)))
    answer = converse(exchange, lambda data: session.push(report) + session.handle(data))
    assert answer == ReadResponse((octet_string(b"nothing"),))
    assert list(client.notifications) == [report]


@pytest.mark.parametrize("requests", [True, False], ids=["meter", "client"])
@pytest.mark.parametrize("access", [reader, manager], ids=["password", "keys"])
def test_both_halves_survive_a_damaged_line(access: Callable[[], tuple[int, ClientSettings]], requests: bool) -> None:
    rng = random.Random(f"{access.__name__} {requests}")
    meter = GridMeter(200)
    errors = 0
    for _ in range(40):
        session, client = meter.session(), connect(access())
        client.settings.counter.next_value = 1 + max(counter.last for counter in meter.device.client_counters.values())
        transfer = Damaging(session, rng, requests=requests)
        try:
            converse(associate(client), transfer)
            converse(read_clock(client), transfer)
            table = converse(read_profile(client, LAYOUT), transfer)
            assert not client.settings.keys or (table.columns[0].values == TIMES).all()
        except ProtocolError as error:
            errors += 1
            assert str(error)
    assert errors > 20
