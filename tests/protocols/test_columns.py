"""Profile buffers: numpy and the general decoder agree; compression, odd rows and DST days."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms import encoding
from protocols.dlms.clock import ClockStatus, encode_datetime
from protocols.dlms.columns import (
    ClockColumn,
    Column,
    IntegerColumn,
    Nulls,
    Table,
    decode_columns,
    encode_rows,
    join_rows,
    row_matrix,
)
from protocols.dlms.data import Encoded, decode
from protocols.dlms.row_layout import INTEGER_TYPES
from protocols.dlms.tags import Tag
from protocols.errors import LocalProtocolError, RemoteProtocolError

HELSINKI = ZoneInfo("Europe/Helsinki")
QUARTER = 900


def epochs(day: datetime, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return int(day.timestamp()) + QUARTER * np.arange(count, dtype=np.int64)


def clock(at: datetime | int) -> Encoded:
    moment = at if isinstance(at, datetime) else datetime.fromtimestamp(at, HELSINKI)
    return encoding.octet_string(encode_datetime(moment))


def slowly(buffer: bytes, **rules: object) -> Table:
    """The same buffer with one nested cell more in the first row's place, so that only the general decoder fits."""
    rows = decode(buffer)
    assert isinstance(rows, list)
    table = decode_columns(encoding.array([*_split(buffer), _odd(len(rows[0]))]), **rules)  # type: ignore[arg-type]
    return Table(tuple(_without_last(column) for column in table.columns), table.rows - 1)


def _split(buffer: bytes) -> list[Encoded]:
    rows = decode(buffer)
    start = 2 if buffer[1] < 0x80 else 2 + (buffer[1] & 0x7F)
    size = (len(buffer) - start) // len(rows)  # type: ignore[arg-type]
    return [Encoded(buffer[i : i + size]) for i in range(start, len(buffer), size)]


def _odd(width: int) -> Encoded:
    return encoding.structure(*[encoding.NULL] * width)


def _without_last(column: Column) -> Column:
    status = None if column.clock_status is None else column.clock_status[:-1]
    return Column(column.values[:-1], column.present[:-1], status)


@pytest.mark.parametrize("first", ["2026-03-29", "2026-10-25", "2024-02-28", "2025-12-31"])
def test_rows_of_long_short_and_leap_days(first: str) -> None:
    times = epochs(datetime.fromisoformat(first).replace(tzinfo=HELSINKI), 200)
    stands = np.arange(200) * 17 + 2**31
    buffer = encode_rows([ClockColumn(times, HELSINKI, status=1), IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, stands)])
    expected = encoding.array(
        encoding.structure(
            encoding.octet_string(encode_datetime(datetime.fromtimestamp(t, HELSINKI), ClockStatus.INVALID)),
            encoding.double_long_unsigned(v),
        )
        for t, v in zip(times.tolist(), stands.tolist(), strict=True)
    )
    assert buffer == expected
    for table in (decode_columns(buffer, width=2), slowly(buffer)):
        assert table.rows == 200
        assert (table.columns[0].values == times).all()
        assert (table.columns[1].values == stands).all()
        assert table.columns[0].present.all()
        assert table.columns[0].clock_status is not None
        assert (table.columns[0].clock_status & 0x7F == 1).all()


@given(st.data())
def test_integers_of_every_type(data: st.DataObject) -> None:
    tag = data.draw(st.sampled_from([Tag(t) for t in INTEGER_TYPES if t not in (Tag.BOOLEAN, Tag.LONG64_UNSIGNED)]))
    limits = np.iinfo(np.dtype(INTEGER_TYPES[tag]))
    values = data.draw(st.lists(st.integers(int(limits.min), int(limits.max)), min_size=1, max_size=40))
    buffer = encode_rows([IntegerColumn(tag, np.array(values, np.int64))])
    table = decode_columns(buffer)
    assert table.columns[0].values.tolist() == values
    assert table.columns[0].values.dtype == np.int64
    assert decode(buffer) == [(value,) for value in values]


def test_numbers_beyond_int64_are_kept_as_objects() -> None:
    buffer = encoding.array([encoding.structure(encoding.long64_unsigned(2**64 - 1))] * 2)
    for table in (decode_columns(buffer), slowly(buffer)):
        assert table.columns[0].values.tolist() == [2**64 - 1] * 2


def test_strings_floats_and_booleans() -> None:
    row = encoding.structure(
        encoding.octet_string(b"\x00ab\x00"),
        encoding.visible_string("Käyttö"),
        encoding.float32(1.5),
        encoding.boolean(True),
        encoding.fixed(Tag.DATE_TIME, encode_datetime(datetime(2026, 1, 1, tzinfo=UTC))),
    )
    table = decode_columns(encoding.array([row] * 3), clocks=())
    midnight = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    assert [column.values[2] for column in table.columns] == [b"\x00ab\x00", "Käyttö", 1.5, 1, midnight]


def compressed() -> Encoded:
    start = int(datetime(2026, 3, 29, 2, 45, tzinfo=HELSINKI).timestamp())
    number = encoding.double_long_unsigned
    return encoding.array(
        [
            encoding.structure(clock(start), encoding.unsigned(0), number(10)),
            encoding.structure(encoding.NULL, encoding.NULL, number(11)),
            encoding.structure(encoding.NULL, encoding.NULL, encoding.NULL),
            encoding.structure(clock(start + 86_400), encoding.unsigned(8), number(13)),
        ]
    )


def test_null_data_is_the_value_before_and_the_time_goes_on() -> None:
    table = decode_columns(compressed(), capture_period=QUARTER)
    start = int(table.columns[0].values[0])
    assert (table.columns[0].values - start).tolist() == [0, 900, 1800, 86_400]
    assert table.columns[1].values.tolist() == [0, 0, 0, 8]
    assert table.columns[2].values.tolist() == [10, 11, 11, 13]
    assert all(column.present.all() for column in table.columns)


def test_null_data_can_mean_missing() -> None:
    table = decode_columns(compressed(), nulls=Nulls.MISSING)
    assert table.columns[0].present.tolist() == [True, False, False, True]
    assert table.columns[2].present.tolist() == [True, True, False, True]


@pytest.mark.parametrize("bad", ["ffff010f040e1e0500ff8800", "07ea021e040e1e0500ff8800", "07ea010f041b1e0500ff8800"])
def test_a_clock_that_is_no_instant_loses_only_its_cell(bad: str) -> None:
    good = int(datetime(2026, 1, 15, tzinfo=HELSINKI).timestamp())
    buffer = encoding.array(
        encoding.structure(moment, encoding.unsigned(value))
        for value, moment in enumerate([clock(good), encoding.octet_string(bytes.fromhex(bad)), clock(good + 900)])
    )
    for table in (decode_columns(buffer), slowly(buffer)):
        assert table.columns[0].present.tolist() == [True, False, True]
        assert table.columns[0].values[table.columns[0].present].tolist() == [good, good + 900]
        assert table.columns[1].values.tolist() == [0, 1, 2]


def test_clocks_without_deviation_need_the_zone() -> None:
    raw = bytes.fromhex("07ea0701030c000000800080")
    buffer = encoding.array([encoding.structure(encoding.octet_string(raw))])
    assert not decode_columns(buffer).columns[0].present.any()
    expected = datetime(2026, 7, 1, 12, tzinfo=HELSINKI)
    assert decode_columns(buffer, zone=HELSINKI).columns[0].values.tolist() == [expected.timestamp()]


@pytest.mark.parametrize(("buffer", "width"), [("0100", 3), ("0100", None), ("00", 2)])
def test_no_rows(buffer: str, width: int | None) -> None:
    table = decode_columns(bytes.fromhex(buffer), width=width)
    assert (table.rows, len(table.columns)) == (0, width or 0)


@pytest.mark.parametrize(
    "buffer",
    ["0101110", "01020201110102021101 1101", "0101020211011101", "1105", "010202011101", "01"],
    ids=["no structure", "rows differ", "width", "no array", "cut", "no length"],
)
def test_what_is_no_table_is_refused(buffer: str) -> None:
    octets = bytes.fromhex(buffer.replace(" ", "").ljust(len(buffer) + len(buffer) % 2, "0"))
    with pytest.raises(RemoteProtocolError):
        decode_columns(octets, width=1)


def test_rows_of_equal_size_but_other_types_are_not_mistaken() -> None:
    signed, plain = encoding.double_long(-1), encoding.double_long_unsigned(2**32 - 1)
    table = decode_columns(encoding.array([encoding.structure(signed), encoding.structure(plain)]))
    assert table.columns[0].values.tolist() == [-1, 2**32 - 1]


def test_encoding_refuses_what_does_not_fit() -> None:
    with pytest.raises(LocalProtocolError, match="does not fit unsigned"):
        encode_rows([IntegerColumn(Tag.UNSIGNED, np.array([0, 256]))])


def test_slices_of_a_matrix_are_buffers() -> None:
    matrix = row_matrix([IntegerColumn(Tag.UNSIGNED, np.arange(200))])
    assert decode(join_rows(matrix[50:52])) == [(50,), (51,)]
    assert decode(join_rows(matrix[:0])) == []
    assert decode_columns(join_rows(matrix)).rows == 200


def test_offsets_follow_every_transition_of_a_year() -> None:
    times = int(datetime(2025, 12, 31, 20, tzinfo=UTC).timestamp()) + 1800 * np.arange(2 * 24 * 367)
    table = decode_columns(encode_rows([ClockColumn(times, HELSINKI)]))
    assert (table.columns[0].values == times).all()
    summer = table.columns[0].clock_status
    assert summer is not None
    hours = timedelta(hours=float((summer == 0x80).sum() / 2))
    assert hours == timedelta(days=210)
