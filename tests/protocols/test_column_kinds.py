"""Buffers of mixed rows: whatever null-data, differences and types lie side by side, both decoders say the same."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from protocols.dlms import encoding, row_runs
from protocols.dlms.clock import encode_datetime
from protocols.dlms.columns import ClockColumn, Column, IntegerColumn, Nulls, Table, decode_columns, encode_rows
from protocols.dlms.compact_array import compact_array
from protocols.dlms.data import Encoded, Value, decode
from protocols.dlms.plain_columns import plain_table
from protocols.dlms.tables import Rules
from protocols.dlms.tags import Tag
from protocols.errors import RemoteProtocolError

HELSINKI = ZoneInfo("Europe/Helsinki")
START = int(datetime(2026, 3, 28, 22, tzinfo=UTC).timestamp())
DAY = 86_400


def stamp(epoch: int, zone: tzinfo = HELSINKI) -> bytes:
    return encode_datetime(datetime.fromtimestamp(epoch, zone))


NUMBERS: tuple[Callable[[int], Encoded], ...] = (
    encoding.unsigned,
    encoding.bcd,
    encoding.long,
    encoding.double_long_unsigned,
    encoding.long64,
    encoding.long64_unsigned,
    encoding.delta_integer,
    encoding.delta_unsigned,
    encoding.delta_long,
    encoding.delta_double_long_unsigned,
)
INTEGERS = st.one_of(*(st.integers(0, 127).map(encode) for encode in NUMBERS), st.just(Encoded(b"\x03\xff")))
EDGES = st.sampled_from(
    [
        encoding.long64_unsigned(2**64 - 1),
        encoding.long64(2**63 - 1),
        encoding.long64(-(2**63)),
        encoding.delta_double_long(-(2**31)),
        encoding.delta_double_long_unsigned(2**32 - 1),
    ]
)
FLOATS = st.one_of(
    st.floats(width=32, allow_nan=False).map(encoding.float32), st.floats(allow_nan=False).map(encoding.float64)
)
NO_TEXT = Encoded(b"\x0c\x01\xff")
OTHERS = st.one_of(
    st.binary(max_size=3).map(encoding.octet_string),
    st.text("äö", max_size=2).map(encoding.visible_string),
    st.text("€", max_size=2).map(encoding.utf8_string),
    st.just(NO_TEXT),
    st.just(encoding.bit_string("101")),
    st.just(encoding.dont_care()),
    st.just(encoding.array([encoding.unsigned(1)])),
    st.just(encoding.octet_string(bytes(200))),
    st.binary(min_size=5, max_size=5).map(lambda raw: encoding.fixed(Tag.DATE, raw)),
)
WHOLE = st.integers(0, 400).map(lambda quarter: stamp(START + 900 * quarter))
DAMAGED = st.tuples(WHOLE, st.integers(0, 11), st.integers(0, 255)).map(
    lambda parts: parts[0][: parts[1]] + bytes((parts[2],)) + parts[0][parts[1] + 1 :]
)
STAMPS = st.one_of(WHOLE, WHOLE, DAMAGED, st.just(bytes.fromhex("07ea0a19070315000080ff80")))
CLOCKS = STAMPS.map(encoding.octet_string)
DATE_TIMES = STAMPS.map(lambda raw: encoding.fixed(Tag.DATE_TIME, raw))
NULL = st.just(encoding.NULL)
COLUMNS = st.lists(
    st.sampled_from(
        [
            NULL | CLOCKS,
            NULL | DATE_TIMES,
            NULL | CLOCKS | DATE_TIMES,
            NULL | INTEGERS,
            NULL | INTEGERS | EDGES,
            NULL | FLOATS,
            NULL | OTHERS,
            NULL,
            NULL | INTEGERS | FLOATS | OTHERS | CLOCKS,
        ]
    ),
    min_size=1,
    max_size=4,
)


@st.composite
def rows_of(draw: st.DrawFn) -> list[Encoded]:
    """Rows of a few patterns, repeated, so that runs of all lengths come up."""
    columns = draw(COLUMNS)
    kinds = draw(st.lists(st.tuples(*columns), min_size=1, max_size=6))
    order = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=30))
    return [encoding.structure(*cells) for cells in order]


RULES = st.builds(
    Rules,
    st.none(),
    st.sampled_from([(0,), (), (0, 1)]),
    st.sampled_from([0, 900, DAY, 7 * DAY]),
    st.sampled_from([None, HELSINKI]),
    st.sampled_from(list(Nulls)),
)


def fast(buffer: bytes, rules: Rules) -> Table | str:
    try:
        return decode_columns(
            buffer, clocks=rules.clocks, capture_period=rules.period, zone=rules.zone, nulls=rules.nulls
        )
    except RemoteProtocolError as error:
        return error.cause.value


def general(buffer: bytes, rules: Rules) -> Table | str:
    try:
        return plain_table(decode(buffer), rules)
    except RemoteProtocolError as error:
        return error.cause.value


def same(one: Table | str, other: Table | str) -> None:
    if isinstance(one, str) or isinstance(other, str):
        assert one == other
        return
    assert one.rows == other.rows
    for left, right in zip(one.columns, other.columns, strict=True):
        _same_column(left, right)


def _same_column(left: Column, right: Column) -> None:
    assert left.values.dtype == right.values.dtype
    assert left.present.tolist() == right.present.tolist()
    assert repr(left.values.tolist()) == repr(right.values.tolist())
    assert (left.clock_status is None) == (right.clock_status is None)
    if left.clock_status is not None and right.clock_status is not None:
        assert left.clock_status.tolist() == right.clock_status.tolist()


@settings(max_examples=400, deadline=None)
@given(rows_of(), RULES)
def test_both_decoders_agree(rows: list[Encoded], rules: Rules) -> None:
    buffer = encoding.array(rows)
    same(fast(buffer, rules), general(buffer, rules))


@settings(max_examples=100, deadline=None)
@given(rows_of(), RULES, st.data())
def test_both_decoders_agree_on_damage(rows: list[Encoded], rules: Rules, data: st.DataObject) -> None:
    buffer = bytearray(encoding.array(rows))
    at = data.draw(st.integers(0, len(buffer) - 1))
    buffer[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    same(fast(bytes(buffer), rules), general(bytes(buffer), rules))


@settings(max_examples=150, deadline=None)
@given(COLUMNS.flatmap(lambda columns: st.lists(st.tuples(*columns), min_size=1, max_size=12)), RULES)
def test_both_decoders_agree_on_compact_arrays(rows: list[tuple[Encoded, ...]], rules: Rules) -> None:
    good = [cells for cells in rows if NO_TEXT not in cells]
    assume(good)
    types = [cell[0] for cell in good[0]]
    buffer = compact_array(encoding.structure(*cells) for cells in good if [cell[0] for cell in cells] == types)
    same(fast(buffer, rules), general(buffer, rules))


def compressed_day() -> Encoded:
    """What meters with null-data compression send: one whole row, then mostly the first register alone."""
    number = encoding.double_long_unsigned
    rows = [encoding.structure(encoding.octet_string(stamp(START)), encoding.unsigned(8), number(0), number(7))]
    for quarter in range(1, 96):
        value = encoding.NULL if quarter % 5 == 0 else number(quarter)
        rows.append(encoding.structure(encoding.NULL, encoding.NULL, value, encoding.NULL))
    return encoding.array(rows)


def test_a_compressed_day_needs_no_general_decoder() -> None:
    buffer = compressed_day()
    groups = row_runs.sorted_rows(buffer, 2)
    assert groups is not None
    assert sorted(len(group.records) for group in groups) == [1, 19, 76]
    table = decode_columns(buffer, capture_period=900)
    clock, status, register, other = table.columns
    assert clock.values.tolist() == [START + 900 * quarter for quarter in range(96)]
    assert register.values.tolist() == [quarter - (quarter % 5 == 0 and quarter > 0) for quarter in range(96)]
    assert set(status.values.tolist()) == {8}
    assert set(other.values.tolist()) == {7}
    assert all(column.present.all() for column in table.columns)


def test_differences_add_up() -> None:
    cells = [
        encoding.delta_unsigned(9),
        encoding.double_long_unsigned(1000),
        encoding.delta_unsigned(5),
        encoding.NULL,
        encoding.delta_integer(-2),
        encoding.double_long_unsigned(2000),
        encoding.delta_long_unsigned(500),
    ]
    buffer = encoding.array(encoding.structure(cell) for cell in cells)
    column = decode_columns(buffer, clocks=()).columns[0]
    assert column.present.tolist() == [False] + [True] * 6
    assert column.values.tolist() == [0, 1000, 1005, 1005, 1003, 2000, 2500]
    missing = decode_columns(buffer, clocks=(), nulls=Nulls.MISSING).columns[0]
    assert missing.values.tolist() == [0, 1000, 1005, 0, 1003, 2000, 2500]


@pytest.mark.parametrize("far", [2**63 - 1, -(2**63)])
def test_differences_that_leave_64_bits_are_kept_as_objects(far: int) -> None:
    cells = [encoding.long64(far), encoding.delta_integer(1), encoding.delta_integer(-2)]
    table = decode_columns(encoding.array(encoding.structure(cell) for cell in cells), clocks=())
    assert table.columns[0].values.tolist() == [far, far + 1, far - 1]


@pytest.mark.parametrize("rows", [300, 500, 5000])
def test_long_buffers_are_the_same_beyond_every_limit(rows: int) -> None:
    times = START + 900 * np.arange(rows)
    buffer = encode_rows([ClockColumn(times, HELSINKI), IntegerColumn(Tag.UNSIGNED, np.arange(rows) % 9)])
    table = decode_columns(buffer)
    assert (table.columns[0].values == times).all()
    assert all(column.present.all() for column in table.columns)


def test_no_rows_have_no_clocks() -> None:
    assert encode_rows([ClockColumn(np.zeros(0, np.int64), HELSINKI)]) == b"\x01\x00"


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"], ids=["23 hours", "25 hours"])
def test_days_without_a_clock_are_days_of_the_zone(day: str) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=HELSINKI)
    first = encoding.structure(encoding.octet_string(encode_datetime(midnight)), encoding.unsigned(1))
    buffer = encoding.array([first, *[encoding.structure(encoding.NULL, encoding.unsigned(1))] * 5])
    told = [midnight.replace(day=midnight.day + 1 + later) for later in range(3)]
    times = decode_columns(buffer, capture_period=DAY, zone=HELSINKI).columns[0].values
    assert times[:4].tolist() == [midnight.timestamp(), *(each.timestamp() for each in told)]
    plain = decode_columns(buffer, capture_period=DAY).columns[0].values
    assert np.diff(plain).tolist() == [DAY] * 5


def test_rows_of_two_lengths_are_refused() -> None:
    one, two = encoding.structure(encoding.unsigned(1)), encoding.structure(encoding.unsigned(1), encoding.NULL)
    with pytest.raises(RemoteProtocolError, match="differ in length"):
        decode_columns(encoding.array([one, two]))
    with pytest.raises(RemoteProtocolError, match="3 columns"):
        plain_table([(1, 2, 3)], Rules(2, (), 0, None, Nulls.REPEATED))


@pytest.mark.parametrize("value", [5, [5], [(5,), 5]], ids=["number", "numbers", "number among rows"])
def test_what_is_no_table_is_refused(value: Value) -> None:
    with pytest.raises(RemoteProtocolError, match="array of structures"):
        plain_table(value, Rules(None, (), 0, None, Nulls.REPEATED))


def test_many_patterns_are_left_to_the_general_decoder() -> None:
    rows = [encoding.structure(encoding.octet_string(bytes(size))) for size in range(row_runs.MOST_LAYOUTS + 2)]
    assert row_runs.sorted_rows(encoding.array(rows), 2) is None
    table = decode_columns(encoding.array(rows), clocks=())
    assert [len(value) for value in table.columns[0].values] == list(range(row_runs.MOST_LAYOUTS + 2))


def test_shared_arrays_cannot_be_written() -> None:
    buffer = encoding.array([encoding.structure(encoding.octet_string(stamp(START)), encoding.unsigned(1))] * 3)
    clock, number = decode_columns(buffer).columns
    with pytest.raises(ValueError, match="read-only"):
        clock.values[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        number.present[0] = False
