"""Client and server halves against each other: every service over every kind of access, whole and octet by octet."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from protocols.dlms.connection import ClientSettings, State
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.data import decode
from protocols.dlms.encoding import double_long_unsigned, integer, octet_string
from protocols.dlms.exchange import associate, converse, get, get_list, invoke, put, release
from protocols.dlms.obis import Obis
from protocols.dlms.objects import (
    CLOCK_TIME,
    DEVICE_NAME,
    ProfileLayout,
    RegisterName,
    read_clock,
    read_invocation_counter,
    read_layout,
    read_profile,
    read_register,
    read_registers,
    read_value,
    set_clock,
)
from protocols.dlms.selection import Entries, Range
from protocols.dlms.tags import ActionResult, DataAccessResult, Mechanism
from protocols.dlms.units import ScalerUnit
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from tests.protocols.parties import (
    ACCESSES,
    CAPTURES,
    ENERGY,
    LLS,
    PROFILE,
    PUBLIC,
    RELAY,
    ROWS,
    STANDS,
    START,
    TEXT,
    TIMES,
    Dripping,
    Meter,
    ciphered,
    connect,
    run,
)

Access = Callable[[], tuple[int, ClientSettings]]
every_access = pytest.mark.parametrize("access", ACCESSES.values(), ids=ACCESSES)


@every_access
@pytest.mark.parametrize("max_pdu", [100, 300, 1024, 60_000])
def test_a_day_is_read_whole_or_in_blocks(access: Access, max_pdu: int) -> None:
    session, client = Meter(max_pdu).session(), connect(access())
    run(associate(client), session)
    layout = run(read_layout(client, PROFILE), session)
    assert layout == ProfileLayout(PROFILE, CAPTURES, 900)
    table = run(read_profile(client, layout), session)
    assert table.rows == ROWS
    assert (table.columns[0].values == TIMES).all()
    assert (table.columns[2].values == STANDS).all()
    run(release(client), session)
    assert client.state is State.IDLE
    assert session.last_error is None


@every_access
def test_octet_by_octet_nothing_changes(access: Access) -> None:
    meter = Meter(200)
    client = connect(access())
    transfer = Dripping(meter.session())
    converse(associate(client), transfer)
    table = converse(read_profile(client, ProfileLayout(PROFILE, CAPTURES, 900), Entries(3, 9)), transfer)
    assert (table.columns[0].values == TIMES[2:9]).all()
    converse(release(client), transfer)
    assert client.state is State.IDLE


@every_access
def test_range_picks_rows(access: Access) -> None:
    session, client = Meter().session(), connect(access())
    run(associate(client), session)
    chosen = Range(START + timedelta(hours=1), START + timedelta(hours=2))
    table = run(read_profile(client, ProfileLayout(PROFILE, CAPTURES, 900), chosen), session)
    assert (table.columns[0].values == TIMES[4:9]).all()


@pytest.mark.parametrize(
    ("selection", "shown"),
    [
        (Range(START, START + timedelta(hours=1), (CAPTURES[2], CAPTURES[0])), (2, 0)),
        (Range(START, START + timedelta(hours=1), (CAPTURES[3],)), (3,)),
        (Entries(1, 5, 2, 3), (1, 2)),
        (Entries(1, 5, 3), (2, 3)),
    ],
    ids=["two", "one", "from to", "from"],
)
def test_chosen_columns_come_in_the_order_asked(selection: Range | Entries, shown: tuple[int, ...]) -> None:
    session, client = Meter().session(), connect(ciphered())
    run(associate(client), session)
    table = run(read_profile(client, ProfileLayout(PROFILE, CAPTURES, 900), selection), session)
    expected = [TIMES[:5].tolist(), [0, 1, 2, 0, 1], STANDS[:5].tolist(), (STANDS[:5] // 2).tolist()]
    assert [column.values.tolist() for column in table.columns] == [expected[index] for index in shown]


@every_access
def test_registers_clock_and_names(access: Access) -> None:
    session, client = Meter().session(), connect(access())
    run(associate(client), session)
    reading = run(read_register(client, RegisterName(ENERGY)), session)
    assert (str(reading.value), reading.unit) == ("1.23456E+6", ScalerUnit(1, 30))
    clock = run(read_clock(client), session)
    assert clock.at.isoformat() == "2026-07-01T12:30:05+03:00"
    assert run(read_value(client, DEVICE_NAME), session) == b"LGZ12345678"


def test_a_list_keeps_order_and_refusals_as_data() -> None:
    session, client = Meter().session(), connect(ciphered())
    run(associate(client), session)
    missing = Obis.parse("1-0:99.99.99")
    names = [RegisterName(ENERGY), RegisterName(missing), RegisterName(TEXT, 1), RegisterName(ENERGY, 4)]
    first, second, third, fourth = run(read_registers(client, names), session)
    assert first.value == 1_234_560
    assert (second.raw, second.value) == (DataAccessResult.OBJECT_UNDEFINED, None)
    assert (third.raw, third.value, third.unit) == (b"nothing", None, None)
    assert fourth.raw is DataAccessResult.OBJECT_CLASS_INCONSISTENT


@pytest.mark.parametrize("max_pdu", [100, 1024])
def test_long_lists_are_split_by_the_size_of_a_pdu(max_pdu: int) -> None:
    session, client = Meter(max_pdu).session(), connect(ciphered())
    run(associate(client), session)
    results = run(get_list(client, [CLOCK_TIME, DEVICE_NAME] * 80), session)
    assert len(results) == 160
    assert {decode(result) for result in results[1::2] if isinstance(result, bytes)} == {b"LGZ12345678"}


def test_without_multiple_references_one_by_one() -> None:
    client_id, settings = ciphered(conformance=ClientSettings().conformance & ~(1 << 9))
    session, client = Meter().session(), connect((client_id, settings))
    run(associate(client), session)
    results = run(get_list(client, [CLOCK_TIME, (Attribute(7, PROFILE, 2), Entries(1, 1))]), session)
    assert all(isinstance(result, bytes) for result in results)


@pytest.mark.parametrize("access", [lambda: LLS, ciphered], ids=["password", "both"])
@pytest.mark.parametrize("size", [0, 1, 60, 2000, 40_000])
def test_writing_whole_and_in_blocks(access: Access, size: int) -> None:
    meter = Meter(256)
    session, client = meter.session(), connect(access())
    run(associate(client), session)
    text = bytes(i % 251 for i in range(size))
    result = run(put(client, Attribute(1, TEXT, 2), octet_string(text)), session)
    assert (result, meter.text) == (DataAccessResult.SUCCESS, text)
    read = run(get(client, Attribute(1, TEXT, 2)), session)
    assert read == octet_string(text)


def test_writing_refusals_are_data() -> None:
    session, client = Meter(256).session(), connect(ciphered())
    run(associate(client), session)
    assert run(put(client, Attribute(1, TEXT, 2), integer(1)), session) is DataAccessResult.TYPE_UNMATCHED
    assert run(put(client, Attribute(3, ENERGY, 2), integer(1)), session) is DataAccessResult.READ_WRITE_DENIED
    long = octet_string(bytes(1000))
    assert run(put(client, Attribute(3, ENERGY, 2), long), session) is DataAccessResult.READ_WRITE_DENIED
    assert run(set_clock(client, START), session) is DataAccessResult.READ_WRITE_DENIED


@pytest.mark.parametrize("access", [lambda: LLS, ciphered], ids=["password", "both"])
def test_methods(access: Access) -> None:
    meter = Meter()
    session, client = meter.session(), connect(access())
    run(associate(client), session)
    answer = run(invoke(client, Method(70, RELAY, 1), integer(0)), session)
    assert (answer.result, answer.returned, meter.switched) == (ActionResult.SUCCESS, double_long_unsigned(1), [0])
    assert run(invoke(client, Method(70, RELAY, 9)), session).result is ActionResult.OBJECT_UNDEFINED
    assert run(invoke(client, Method(70, TEXT, 1)), session).result is ActionResult.OBJECT_CLASS_INCONSISTENT


def test_the_public_client_reads_three_things_and_changes_none() -> None:
    meter = Meter()
    session, client = meter.session(), connect(PUBLIC)
    run(associate(client), session)
    assert run(read_clock(client), session).at.year == 2026
    assert run(read_value(client, DEVICE_NAME), session) == b"LGZ12345678"
    assert run(read_invocation_counter(client), session) == 0
    for attribute in (Attribute(3, ENERGY, 2), Attribute(7, PROFILE, 2)):
        assert run(get(client, attribute), session) is DataAccessResult.READ_WRITE_DENIED
        with pytest.raises(RemoteProtocolError) as error:
            run(read_value(client, attribute), session)
        assert error.value.cause is Cause.ACCESS_DENIED
    assert run(set_clock(client, START), session) is DataAccessResult.READ_WRITE_DENIED
    assert run(invoke(client, Method(70, RELAY, 1)), session).result is ActionResult.READ_WRITE_DENIED
    assert meter.switched == []


def test_a_signed_client_may_read_but_not_write() -> None:
    meter = Meter()
    session, client = meter.session(), connect(ACCESSES["authenticated"]())
    run(associate(client), session)
    denied = run(put(client, Attribute(1, TEXT, 2), octet_string(b"x")), session)
    assert (denied, meter.text) == (DataAccessResult.READ_WRITE_DENIED, b"nothing")


def test_one_stream_serves_the_public_then_the_management_client() -> None:
    session = Meter().session()
    public = connect(PUBLIC)
    run(associate(public), session)
    assert run(read_invocation_counter(public), session) == 0
    manager = connect(ciphered())
    run(associate(manager), session)
    run(read_clock(manager), session)
    with pytest.raises(RemoteProtocolError):
        run(read_clock(public), session)
    again = connect(PUBLIC)
    run(associate(again), session)
    assert run(read_invocation_counter(again), session) == manager.settings.counter.next_value - 1


def test_associate_release_and_associate_again() -> None:
    session, client = Meter().session(), connect(ciphered())
    for _ in range(3):
        run(associate(client), session)
        run(read_clock(client), session)
        run(release(client), session)
    run(release(client), session)


def test_the_object_list_shows_what_the_client_may_do() -> None:
    session = Meter().session()
    seen: dict[int, dict[bytes, object]] = {}
    for access in (PUBLIC, ciphered()):
        client = connect(access)
        run(associate(client), session)
        rows = run(read_value(client, Attribute(15, Obis.parse("0-0:40.0.0"), 2)), session)
        assert isinstance(rows, list)
        seen[access[0]] = {row[2]: row for row in rows}  # type: ignore[index,misc]
        run(release(client), session)
    assert set(seen[16]) == {Obis.parse(text) for text in ("0-0:1.0.0", "0-0:42.0.0", "0-0:43.1.0")}
    assert set(seen[16]) < set(seen[1])
    assert seen[1][TEXT] == (1, 0, TEXT, ([(1, 3, None), (2, 3, None)], []))
    assert seen[1][RELAY] == (70, 0, RELAY, ([(1, 3, None), (2, 3, None)], [(1, 1)]))
    assert seen[16][Obis.parse("0-0:42.0.0")] == (1, 0, DEVICE_NAME.obis, ([(1, 1, None), (2, 1, None)], []))


def test_the_association_describes_itself() -> None:
    session, client = Meter().session(), connect(ciphered())
    run(associate(client), session)
    association = Obis.parse("0-0:40.0.0")
    values = [run(read_value(client, Attribute(15, association, index)), session) for index in (1, 3, 4, 6, 8)]
    context, mechanism = bytes.fromhex("60857405080103"), bytes.fromhex("60857405080205")
    assert values == [association, (1, 1), context, mechanism, 2]
    secret = run(get(client, Attribute(15, association, 7)), session)
    assert secret is DataAccessResult.READ_WRITE_DENIED


def test_what_is_asked_for_must_exist() -> None:
    session, client = Meter().session(), connect(ciphered())
    run(associate(client), session)
    with pytest.raises(RemoteProtocolError) as error:
        run(read_value(client, Attribute(1, Obis.parse("0-0:96.99.0"), 2)), session)
    assert error.value.cause is Cause.OBJECT_UNDEFINED
    selected = get(client, Attribute(3, ENERGY, 2), Entries(1, 2))
    assert run(selected, session) is DataAccessResult.TYPE_UNMATCHED


def test_mechanisms_and_their_keys_are_checked_beforehand() -> None:
    for settings in (
        lambda: ClientSettings(Mechanism.HLS_SHA256),
        lambda: ClientSettings(Mechanism.HLS_GMAC),
        lambda: ciphered(title=b"short"),
    ):
        with pytest.raises(LocalProtocolError):
            settings()
