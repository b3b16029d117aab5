"""A row per instant, a column per series."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from integration.formats.portion import Kind
from integration.formats.table import Columns, Fixed, Mapping, Names
from integration.formats.table.mapping import HeadingPart, Layout
from tests.integration.formats.table_files import content, errors, in_zone, read_one, text, told, utc

WIDE = Mapping(
    layout=Layout.WIDE_TIME,
    columns=Columns(time="Time"),
    fixed=Fixed(quantity="1-0:1.29.0", unit="kWh"),
)
BEGIN = utc(2026, 1, 1)


def test_every_column_is_a_series() -> None:
    portion = read_one(text("Time;P1;P2 (MWh)", "2026-01-01 00:00;1;2,5", "2026-01-01 01:00;3;"), WIDE)
    rest = ("1-0:1.29.0", "Wh", "consumption", "", 3600)
    assert content([portion]) == {
        ("P1", *rest, BEGIN): (Decimal(1000), 0),
        ("P1", *rest, BEGIN + 3600): (Decimal(3000), 0),
        ("P2", *rest, BEGIN): (Decimal(2_500_000), 0),
    }


def test_headings_say_more_than_the_point() -> None:
    mapping = replace(
        WIDE,
        fixed=Fixed(),
        names=Names(
            quantities={"Bezug": "1-0:1.29.0"},
            heading=(HeadingPart.POINT, HeadingPart.QUANTITY, HeadingPart.SERIAL, HeadingPart.UNIT),
            separator="/",
        ),
    )
    head = "Time;P1/Bezug//kWh;P1/1-0:1.8.0/M 7/Wh;P2/8-0:1.0.0//m3 (stand, single);P3/1-0:32.7.0/M/V"
    portion = read_one(text(head, "2026-01-01 00:00;1;2;3;230", "2026-01-01 00:15;1;2;3;231"), mapping)
    assert errors(portion) == []
    assert [(each.point, each.obis, each.kind, each.source, each.interval_s) for each in portion.channels] == [
        ("P1", "1-0:1.29.0", Kind.CONSUMPTION, "", 900),
        ("P1", "1-0:1.8.0", Kind.STAND, "M 7", 900),
        ("P2", "8-0:1.0.0", Kind.STAND, "", 0),
        ("P3", "1-0:32.7.0", Kind.INSTANTANEOUS, "M", 900),
    ]


def test_series_of_different_intervals_share_rows() -> None:
    """The empty cells between the hours of a column do not make it one of quarters."""
    rows = [f"2026-01-01 {n // 4:02}:{n % 4 * 15:02};1;{'4' if n % 4 == 0 else ''}" for n in range(12)]
    portion = read_one(text("Time;P1;P2", *rows), WIDE)
    assert errors(portion) == []
    assert [channel.interval_s for channel in portion.channels] == [900, 3600]
    assert len(content([portion])) == 12 + 3


def test_two_equal_headings_are_refused() -> None:
    portion = read_one(text("Time;P1;p1;P2", "2026-01-01 00:00;1;2;3"), WIDE)
    assert told(portion) == [(1, "p1", "this heading stands more than once")]


def test_only_the_declared_columns_are_read() -> None:
    mapping = replace(WIDE, columns=Columns(time="Time", values=("P2", "P3")))
    portion = read_one(text("Time;P1;P2;P3", "2026-01-01 00:00;x;1;2", "2026-01-01 00:15;x;1;2"), mapping)
    assert [channel.point for channel in portion.channels] == ["P2", "P3"]
    assert errors(portion) == []
    missing = read_one(text("Time;P1;P2", "2026-01-01 00:00;1;2"), mapping)
    assert told(missing)[0][:2] == (1, "P3")


def test_no_columns_of_values_at_all() -> None:
    assert told(read_one(text("Time", "2026-01-01 00:00"), WIDE)) == [(1, "", "there are no columns of values")]


def test_faults_name_the_heading_of_their_series() -> None:
    octets = text("Time;643007570000000018;P2", "2026-01-01 00:00;1;x", "2026-01-01 00:15;1;2", "2026-01-01 00:30;1;2")
    assert sorted(told(read_one(octets, WIDE))) == [
        (2, "643007570000000018", "the check digit should be 7"),
        (2, "P2", "not a number"),
    ]


def test_local_time_by_order() -> None:
    clocks = ["02:00", "03:00", "03:00", "04:00"]
    portion = read_one(text("Time;P1;P2", *(f"25.10.2026 {clock};1;2" for clock in clocks)), in_zone(WIDE))
    begin = utc(2026, 10, 24, 23)
    assert portion.at.tolist() == [begin + 3600 * n for n in range(4) for _ in range(2)]
