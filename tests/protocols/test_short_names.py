"""Client and server halves with short names against each other, in the terms that logical names have too."""

from collections.abc import Callable

import pytest

from protocols.dlms.base_names import ASSOCIATION_SN, OBJECT_LIST, BaseNames, NamedObject
from protocols.dlms.connection import ClientConnection, ClientSettings, State
from protocols.dlms.cosem import CURRENT_ASSOCIATION, Attribute, Method
from protocols.dlms.data import decode
from protocols.dlms.encoding import integer, octet_string, unsigned
from protocols.dlms.exchange import (
    associate,
    converse,
    get,
    get_list,
    invoke,
    learn_names,
    put,
    put_list,
    release,
    unconfirmed_write,
)
from protocols.dlms.obis import Obis
from protocols.dlms.objects import (
    CLOCK_TIME,
    DEVICE_NAME,
    ProfileLayout,
    RegisterName,
    read_clock,
    read_layout,
    read_profile,
    read_registers,
    read_value,
    set_clock,
)
from protocols.dlms.security.message_keys import Tagging
from protocols.dlms.selection import Entries
from protocols.dlms.server import ServerSession
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.hdlc import HdlcFraming
from tests.protocols.parties import Dripping, run
from tests.protocols.short_parties import (
    CAPTURES,
    CLOCK_BASE,
    EXPORT,
    HOUR,
    IMPORT,
    IMPORT_BASE,
    NAMES,
    PROFILE,
    RELAY,
    ROWS,
    STANDS,
    START,
    TEXT,
    TIMES,
    GridMeter,
    connect,
    manager,
    reader,
)

Access = Callable[[], tuple[int, ClientSettings]]
every_access = pytest.mark.parametrize("access", [reader, manager], ids=["password", "keys"])
LAYOUT = ProfileLayout(PROFILE, CAPTURES, 900)


def ready(access: Access = reader, meter: GridMeter | None = None) -> tuple[ClientConnection, ServerSession]:
    """A client associated with a session."""
    client, session = connect(access()), (meter or GridMeter()).session()
    run(associate(client), session)
    return client, session


@every_access
@pytest.mark.parametrize("max_pdu", [100, 300, 1024, 60_000])
def test_a_day_is_read_whole_or_in_blocks(access: Access, max_pdu: int) -> None:
    client, session = ready(access, GridMeter(max_pdu))
    layout = run(read_layout(client, PROFILE), session)
    assert layout == LAYOUT
    table = run(read_profile(client, layout), session)
    assert table.rows == ROWS
    assert (table.columns[0].values == TIMES).all()
    assert (table.columns[2].values == STANDS).all()
    run(release(client), session)
    assert client.state is State.IDLE
    assert session.last_error is None


@every_access
def test_an_hour_by_range_and_rows_by_entry(access: Access) -> None:
    client, session = ready(access)
    by_range = run(read_profile(client, LAYOUT, HOUR), session)
    assert (by_range.columns[0].values == TIMES[4:9]).all()
    by_entry = run(read_profile(client, LAYOUT, Entries(3, 9)), session)
    assert (by_entry.columns[0].values == TIMES[2:9]).all()


@every_access
def test_octet_by_octet_nothing_changes(access: Access) -> None:
    transfer = Dripping(GridMeter(100).session())
    client = connect(access())
    converse(associate(client), transfer)
    assert converse(read_clock(client), transfer).at.isoformat() == "2026-07-01T12:30:05+03:00"
    table = converse(read_profile(client, LAYOUT, HOUR), transfer)
    assert (table.columns[0].values == TIMES[4:9]).all()
    converse(release(client), transfer)
    assert client.state is State.IDLE


@every_access
def test_clock_names_and_registers(access: Access) -> None:
    client, session = ready(access)
    assert run(read_clock(client), session).at.isoformat() == "2026-07-01T12:30:05+03:00"
    assert run(read_value(client, DEVICE_NAME), session) == b"LGZ12345678"
    assert run(read_value(client, Attribute(3, IMPORT, 1)), session) == IMPORT
    names = [RegisterName(IMPORT), RegisterName(Obis.parse("1-1:3.8.0")), RegisterName(EXPORT), RegisterName(TEXT, 1)]
    first, second, third, fourth = run(read_registers(client, names), session)
    assert (str(first.value), str(third.value), fourth.raw) == ("1.23456E+6", "789", b"nothing")
    assert second.raw is DataAccessResult.OBJECT_UNDEFINED


@pytest.mark.parametrize("max_pdu", [100, 1024])
@every_access
def test_long_lists_are_split_by_the_size_of_a_pdu(access: Access, max_pdu: int) -> None:
    client, session = ready(access, GridMeter(max_pdu))
    results = run(get_list(client, [CLOCK_TIME, DEVICE_NAME, Attribute(3, TEXT, 2)] * 60), session)
    assert len(results) == 180
    assert {decode(result) for result in results[1::3] if isinstance(result, bytes)} == {b"LGZ12345678"}
    assert set(results[2::3]) == {DataAccessResult.OBJECT_CLASS_INCONSISTENT}


def test_without_multiple_references_one_by_one() -> None:
    _, settings = reader()
    client, session = ready(lambda: reader(conformance=settings.conformance & ~(1 << 9)))
    results = run(get_list(client, [CLOCK_TIME, (Attribute(7, PROFILE, 2), Entries(1, 1))]), session)
    assert all(isinstance(result, bytes) for result in results)


@every_access
@pytest.mark.parametrize("size", [0, 1, 60, 2000, 20_000])
def test_writing_whole_and_in_blocks(access: Access, size: int) -> None:
    meter = GridMeter(128)
    client, session = ready(access, meter)
    text = bytes(i % 251 for i in range(size))
    assert run(put(client, Attribute(1, TEXT, 2), octet_string(text)), session) is DataAccessResult.SUCCESS
    assert meter.text == text
    assert run(get(client, Attribute(1, TEXT, 2)), session) == octet_string(text)


def test_refused_writes_are_data() -> None:
    client, session = ready()
    assert run(put(client, Attribute(1, TEXT, 2), integer(1)), session) is DataAccessResult.TYPE_UNMATCHED
    assert run(put(client, Attribute(3, IMPORT, 2), integer(1)), session) is DataAccessResult.READ_WRITE_DENIED
    assert run(put(client, Attribute(3, TEXT, 2), integer(1)), session) is DataAccessResult.OBJECT_CLASS_INCONSISTENT


@pytest.mark.parametrize("max_pdu", [100, 1024])
@every_access
def test_lists_are_written_in_their_order(access: Access, max_pdu: int) -> None:
    meter = GridMeter(max_pdu)
    client, session = ready(access, meter)
    text, unknown = Attribute(1, TEXT, 2), Attribute(3, TEXT, 2)
    values = [octet_string(bytes(size)) for size in (1, 50, 300)]
    writes = [(text, values[0]), (unknown, values[0]), (Attribute(3, IMPORT, 2), values[1]), (text, values[2])]
    inconsistent, denied = DataAccessResult.OBJECT_CLASS_INCONSISTENT, DataAccessResult.READ_WRITE_DENIED
    expected = (DataAccessResult.SUCCESS, inconsistent, denied, DataAccessResult.SUCCESS)
    assert run(put_list(client, writes), session) == expected
    assert meter.text == bytes(300)


def test_a_part_of_a_value_is_not_written() -> None:
    meter = GridMeter()
    client, session = ready(meter=meter)
    part = run(put(client, Attribute(1, TEXT, 2), octet_string(b"part"), Entries(1, 1)), session)
    assert (part, meter.text) == (DataAccessResult.TYPE_UNMATCHED, b"nothing")


@every_access
def test_the_clock_is_set(access: Access) -> None:
    meter = GridMeter()
    client, session = ready(access, meter)
    assert run(set_clock(client, START), session) is DataAccessResult.SUCCESS
    assert len(meter.set_to) == 1


@every_access
def test_methods_are_written(access: Access) -> None:
    meter = GridMeter()
    client, session = ready(access, meter)
    answer = run(invoke(client, Method(70, RELAY, 1), integer(0)), session)
    assert (answer.result, answer.returned) == (ActionResult.SUCCESS, None)
    assert run(invoke(client, Method(70, RELAY, 1)), session).result is ActionResult.SUCCESS
    assert meter.switched == [0, None]
    assert run(invoke(client, Method(70, RELAY, 2)), session).result is ActionResult.OBJECT_UNDEFINED
    assert run(invoke(client, Method(70, RELAY, 9)), session).result is ActionResult.OBJECT_UNDEFINED
    assert run(invoke(client, Method(70, TEXT, 1)), session).result is ActionResult.OBJECT_CLASS_INCONSISTENT


def test_an_unconfirmed_write_is_done_and_not_answered() -> None:
    meter = GridMeter()
    client, session = ready(meter=meter)
    assert session.handle(unconfirmed_write(client, Attribute(1, TEXT, 2), octet_string(b"quiet"))) == b""
    assert meter.text == b"quiet"
    assert run(read_clock(client), session).at.year == 2026


@every_access
def test_the_map_is_read_from_the_meter(access: Access) -> None:
    client, session = ready(lambda: access(short_names=BaseNames()), GridMeter(200))  # type: ignore[call-arg]
    missing = run(get(client, CLOCK_TIME), session)
    assert missing is DataAccessResult.OBJECT_UNDEFINED
    names = run(learn_names(client), session)
    assert names.objects[0].base == min(item.base for item in NAMES.objects)
    assert {item for item in NAMES.objects if item.base < 0xFA00} <= set(names.objects)
    assert run(read_clock(client), session).at.year == 2026


def test_the_association_lists_rights_of_what_can_be_read() -> None:
    client, session = ready()
    listed = run(read_value(client, OBJECT_LIST), session)
    rights = run(read_value(client, Attribute(ASSOCIATION_SN, CURRENT_ASSOCIATION, 3)), session)
    assert isinstance(listed, list)
    assert isinstance(rights, list)
    assert (IMPORT_BASE, 3, 0, bytes(IMPORT)) in listed
    assert listed[0] == (-0x600, 12, 2, bytes(CURRENT_ASSOCIATION))
    assert (CLOCK_BASE, [(1, 3, None), (2, 3, None), (3, 3, None), (4, 3, None)], []) in rights


def test_a_map_that_is_wrong_gives_the_meter_s_refusal() -> None:
    wrong = BaseNames([NamedObject(0x7000, 3, IMPORT), NamedObject(0x7D09, 3, EXPORT)])
    client, session = ready(lambda: reader(short_names=wrong))
    assert run(get(client, Attribute(3, IMPORT, 2)), session) is DataAccessResult.OBJECT_UNDEFINED
    assert run(get(client, Attribute(3, EXPORT, 2)), session) is DataAccessResult.OBJECT_UNDEFINED
    assert run(put(client, Attribute(3, EXPORT, 2), unsigned(1)), session) is DataAccessResult.OBJECT_UNDEFINED


@pytest.mark.parametrize(
    "changes",
    [{"tagging": Tagging.GENERAL}, {"dedicated": True}, {"tagging": Tagging.GENERAL, "dedicated": True}],
    ids=["general", "dedicated", "both"],
)
def test_every_way_of_protection_carries_short_names(changes: dict[str, object]) -> None:
    meter = GridMeter(256)
    client, session = ready(lambda: manager(**changes), meter)
    assert (run(read_profile(client, LAYOUT), session).columns[0].values == TIMES).all()
    long = octet_string(bytes(900))
    assert run(put(client, Attribute(1, TEXT, 2), long), session) is DataAccessResult.SUCCESS
    assert run(invoke(client, Method(70, RELAY, 1), integer(0)), session).result is ActionResult.SUCCESS
    run(release(client), session)
    assert session.last_error is None


def test_over_hdlc() -> None:
    meter = GridMeter(300)
    number, settings = manager()
    client = ClientConnection(settings, HdlcFraming.client(number))
    session = ServerSession(meter.device, HdlcFraming.server())
    converse(associate(client), session.handle)
    assert (converse(read_profile(client, LAYOUT), session.handle).columns[0].values == TIMES).all()
