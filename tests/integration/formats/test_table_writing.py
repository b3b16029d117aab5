"""What is written as a table is read again by the mapping of its style, value by value; what cannot be is refused."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import python_calamine as calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from integration.formats.errors import UnwritableError
from integration.formats.portion import MOST_DIGITS, NO_VALUE, Channel, Kind, Letterhead, Portion
from integration.formats.table import (
    Style,
    TableReader,
    from_json,
    mapping_of,
    out_of_range,
    to_json,
    why_unwritable,
    write_csv,
    write_xlsx,
)
from integration.formats.table import sheets as workbook_sheets
from integration.formats.table.mapping import FileKind
from integration.formats.table.qualities import KNOWN
from metering.quality import Quality
from tests.integration.formats.table_files import HELSINKI, content, errors, read, utc

ZONES = ("UTC", "+05:30", HELSINKI, "Australia/Lord_Howe", "America/New_York")
CHANGES = (utc(2026, 3, 29, 1), utc(2026, 10, 25, 1), utc(2026, 4, 4, 15), utc(2026, 11, 1, 6), utc(2026, 1, 1))
QUALITIES = tuple(sorted(set(KNOWN.values()) - {Quality.MISSING, Quality.SENTINEL}))
CHANNEL = Channel("P-1", "A+", "1-0:1.29.0", "kWh", Kind.CONSUMPTION, 900, -3)
HEAD = Letterhead(title="Values", made_at=utc(2026, 11, 2))


def portion_of(
    values: Sequence[int],
    channel: Channel = CHANNEL,
    *,
    at: Sequence[int] | None = None,
    quality: Sequence[int] | None = None,
) -> Portion:
    """Values of one channel, every quarter of an hour from 2026-01-01 on if nothing else is said."""
    many = len(values)
    return joined([(channel, at or [utc(2026, 1, 1) + 900 * n for n in range(many)], values, quality or [0] * many)])


def joined(columns: Sequence[tuple[Channel, Sequence[int], Sequence[int], Sequence[int]]]) -> Portion:
    """A portion of channels with their instants, values and qualities."""
    counts = [len(at) for _, at, _, _ in columns]
    return Portion(
        channels=tuple(channel for channel, *_ in columns),
        channel=np.repeat(np.arange(len(columns)), counts).astype(np.int32),
        at=np.array([instant for _, at, _, _ in columns for instant in at], dtype=np.int64),
        values=np.array([value for _, _, values, _ in columns for value in values], dtype=np.int64),
        quality=np.array([code for *_, quality in columns for code in quality], dtype=np.uint8),
        status=np.zeros(sum(counts), dtype=np.uint32),
        lines=np.zeros(sum(counts), dtype=np.int64),
    )


def csv_of(portions: Sequence[Portion], style: Style) -> bytes:
    return b"".join(write_csv(portions, style))


def xlsx_of(portions: Sequence[Portion], style: Style) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "values.xlsx"
        write_xlsx(portions, path, HEAD, style)
        return path.read_bytes()


WORDS = st.text("ABCxyz0123456789-.,;'\"=+@ äöß€", min_size=1, max_size=12).map(lambda text: " ".join(text.split()))


@st.composite
def channels(draw: st.DrawFn) -> Channel:
    kind, obis, unit = draw(
        st.sampled_from(
            [
                (Kind.CONSUMPTION, "1-0:1.29.0", "kWh"),
                (Kind.CONSUMPTION, "1-0:2.8.0", "Wh"),
                (Kind.CONSUMPTION, "8-1:1.0.0", "m3"),
                (Kind.STAND, "1-0:1.8.0", "kWh"),
                (Kind.STAND, "7-0:3.0.0", "m3"),
                (Kind.INSTANTANEOUS, "1-0:32.7.0", "V"),
                (Kind.INSTANTANEOUS, "1-0:13.7.0", ""),
                (Kind.INSTANTANEOUS, "6-0:10.0.0", "°C"),
            ]
        )
    )
    point = draw(st.just("643007570000000017") | WORDS.filter(lambda text: text != "" and not text.isdigit()))
    source = draw(st.sampled_from(["", "LGZ12345678", "=2+3"])) if kind is not Kind.CONSUMPTION else ""
    interval_s = draw(st.sampled_from([0, 300, 900, 1800, 3600]))
    return Channel(point, "name", obis, unit, kind, interval_s, draw(st.integers(-6, 6)), source)


@st.composite
def portions(draw: st.DrawFn) -> Portion:
    chosen = draw(
        st.lists(channels(), min_size=1, max_size=4, unique_by=lambda each: replace(each, name="", exponent=0))
    )
    columns = []
    change = draw(st.sampled_from(CHANGES))
    for channel in chosen:
        step = channel.interval_s or 60
        begin = (change - draw(st.integers(0, 7200))) // step * step
        slots = draw(st.lists(st.integers(0, 40), min_size=1, max_size=30, unique=True).map(sorted))
        most = 10**MOST_DIGITS // 10 ** max(channel.exponent, 0) - 1
        values = draw(st.lists(st.integers(-most, most) | st.just(NO_VALUE), min_size=len(slots), max_size=len(slots)))
        quality = draw(st.lists(st.sampled_from(QUALITIES), min_size=len(slots), max_size=len(slots)))
        columns.append((channel, [begin + step * slot for slot in slots], values, [int(code) for code in quality]))
    return joined(columns)


STYLES = st.builds(Style, wide=st.booleans(), zone=st.sampled_from(ZONES), decimal=st.sampled_from(".,"))


def expected(portion: Portion, style: Style) -> dict[tuple[object, ...], tuple[Decimal, int]]:
    """The content in our units; a wide table has no qualities."""
    found: dict[tuple[object, ...], tuple[Decimal, int]] = {}
    for (point, obis, unit, *rest), (amount, quality) in content([portion]).items():
        ours, power = ("Wh", 3) if unit == "kWh" else (unit, 0)
        found[(point, obis, ours, *rest)] = (amount.scaleb(power), 0 if style.wide else quality)
    return found


@settings(max_examples=150, deadline=None)
@given(portions(), STYLES)
def test_what_is_written_is_read_again(portion: Portion, style: Style) -> None:
    again = read(csv_of([portion], style), mapping_of(style))
    assert errors(again) == []
    assert content(again) == expected(portion, style)


@settings(max_examples=40, deadline=None)
@given(portions(), STYLES)
def test_a_workbook_too(portion: Portion, style: Style) -> None:
    again = read(xlsx_of([portion], style), mapping_of(style, FileKind.XLSX))
    assert errors(again) == []
    assert content(again) == expected(portion, style)


@pytest.mark.parametrize("kind", [FileKind.CSV, FileKind.XLSX])
@pytest.mark.parametrize("wide", [False, True])
def test_the_mapping_of_a_style_can_be_saved(wide: bool, kind: FileKind) -> None:
    mapping = mapping_of(Style(wide=wide, zone=HELSINKI, decimal=","), kind)
    assert from_json(to_json(mapping)) == mapping


def test_a_long_file_says_everything_of_a_value() -> None:
    portion = portion_of([1250, NO_VALUE], quality=[Quality.ESTIMATED, 0])
    assert csv_of([portion], Style(zone=HELSINKI, decimal=",")).decode() == (
        "\ufeffMetering point;Meter;Quantity;Kind;Interval;Time (Europe/Helsinki);Value;Unit;Quality\r\n"
        "P-1;;1-0:1.29.0;consumption;15 min;2026-01-01T02:00:00+02:00;1,250;kWh;estimated\r\n"
        "P-1;;1-0:1.29.0;consumption;15 min;2026-01-01T02:15:00+02:00;;kWh;missing\r\n"
    )


def test_the_code_of_an_error_is_named_or_left_out() -> None:
    portion = portion_of([4294967295], quality=[Quality.SENTINEL])
    assert csv_of([portion], Style()).endswith(b";4294967.295;kWh;sentinel\r\n".replace(b";", b","))
    assert csv_of([portion], Style(wide=True)).endswith(b"2026-01-01T00:00:00Z,\r\n")


def test_a_wide_file_has_a_column_per_channel() -> None:
    other = replace(CHANNEL, point="P-2", exponent=0)
    begin = utc(2026, 1, 1)
    portion = joined([(CHANNEL, [begin, begin + 900], [1, 2], [0, 0]), (other, [begin + 900], [7], [0])])
    said = "| 1-0:1.29.0 (kWh, consumption, 15 min)"
    assert csv_of([portion], Style(wide=True)).decode() == (
        f'\ufeffTime (UTC),"P-1 {said}","P-2 {said}"\r\n2026-01-01T00:00:00Z,0.001,\r\n2026-01-01T00:15:00Z,0.002,7\r\n'
    )


def test_a_deleted_value_is_named_without_one() -> None:
    portion = portion_of([5, 6], quality=[Quality.DELETED, Quality.WITHDRAWN])
    (again,) = read(csv_of([portion], Style()), mapping_of(Style()))
    assert again.values.tolist() == [NO_VALUE, NO_VALUE]


def test_what_a_spreadsheet_would_run_is_defused() -> None:
    channel = replace(CHANNEL, point='=HYPERLINK("http://x")')
    assert b'\r\n"\'=HYPERLINK(""http://x"")",' in csv_of([portion_of([1], channel)], Style())
    octets = xlsx_of([portion_of([1], channel)], Style())
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(octets))
    assert book.get_sheet_by_index(0).to_python()[1][0] == channel.point


def test_portions_follow_each_other() -> None:
    """A channel goes on in the next portion, in another exponent, and days of another interval share its column."""
    later = [utc(2026, 1, 2) + 900 * n for n in range(2)]
    rest = joined(
        [
            (replace(CHANNEL, exponent=-1), later, [3, 4], [0, 0]),
            (replace(CHANNEL, interval_s=1800), [utc(2026, 1, 3), utc(2026, 1, 3, 0, 30)], [5, 6], [0, 0]),
        ]
    )
    lines = csv_of([portion_of([1, 2]), rest], Style(wide=True)).decode().splitlines()
    assert [line.split(",")[-1] for line in lines[1:]] == ["0.001", "0.002", "0.3", "0.4", "0.005", "0.006"]
    again = read(csv_of([portion_of([1, 2]), rest], Style()), mapping_of(Style()))
    assert len(content(again)) == 6


@pytest.mark.parametrize("wide", [False, True])
def test_a_file_of_nothing_has_headings(wide: bool) -> None:
    style = Style(wide=wide)
    assert re.match("\ufeff.*Time \\(UTC\\).*\r\n$", csv_of([], style).decode())
    assert read(xlsx_of([], style), replace(mapping_of(Style(), FileKind.XLSX)))[0].values.tolist() == []


@pytest.mark.parametrize("wide", [False, True])
def test_a_portion_without_values_adds_nothing(wide: bool) -> None:
    style = Style(wide=wide, zone="Europe/Helsinki")
    full = portion_of([1, 2])
    assert csv_of([full, portion_of([])], style) == csv_of([full], style)


def test_rows_go_on_in_another_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_sheets, "MOST_ROWS", 4)
    octets = xlsx_of([portion_of(range(1, 9))], Style())
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(octets))
    assert book.sheet_names == ["Values", "Values 2", "Values 3"]
    mapping = mapping_of(Style(), FileKind.XLSX)
    found = [
        value
        for name in book.sheet_names
        for part in TableReader(io.BytesIO(octets), replace(mapping, source=replace(mapping.source, sheet=name)))
        for value in part.values.tolist()
    ]
    assert found == list(range(1, 9))


@pytest.mark.parametrize(
    ("channel", "reason"),
    [
        (replace(CHANNEL, point=""), "missing"),
        (replace(CHANNEL, point="643007570000000018"), "check digit should be 7"),
        (replace(CHANNEL, point="A  B"), "blanks"),
        (replace(CHANNEL, point="A|B"), "between the words of headings"),
        (replace(CHANNEL, exponent=-10), "9 decimals"),
        (replace(CHANNEL, interval_s=90), "whole minutes"),
    ],
)
def test_channels_a_table_cannot_hold(channel: Channel, reason: str) -> None:
    assert reason in why_unwritable(channel)
    with pytest.raises(UnwritableError, match=reason):
        csv_of([portion_of([1], channel)], Style())


def test_other_channels_can_be_written() -> None:
    assert why_unwritable(CHANNEL) == ""


def test_a_value_of_too_many_digits_is_refused_by_name() -> None:
    portion = portion_of([10**15 - 1, 10**15, 10**12], replace(CHANNEL, exponent=3))
    assert out_of_range(portion).tolist() == [True, True, True]
    assert out_of_range(portion_of([10**15 - 1, NO_VALUE])).tolist() == [False, False]
    with pytest.raises(UnwritableError, match=r"P-1 A\+: the value of 2026-01-01T00:15:00 UTC has more than 15 digits"):
        csv_of([portion_of([1, 10**15])], Style())


def test_a_wide_table_needs_portions_in_the_order_of_time() -> None:
    with pytest.raises(ValueError, match="order of time"):
        csv_of([portion_of([1]), portion_of([1])], Style(wide=True))


def test_a_wide_table_needs_a_column_for_every_channel() -> None:
    later = portion_of([1], replace(CHANNEL, point="P-2"), at=[utc(2026, 2, 1)])
    with pytest.raises(UnwritableError, match="has no column"):
        csv_of([portion_of([1]), later], Style(wide=True))
    with pytest.raises(UnwritableError, match="two channels have the heading"):
        csv_of([joined([(CHANNEL, [0], [1], [0]), (replace(CHANNEL, exponent=0), [900], [1], [0])])], Style(wide=True))
    many = [(replace(CHANNEL, point=f"P{n}"), [0], [1], [0]) for n in range(16_383)]
    with pytest.raises(UnwritableError, match="at most 16382 columns"):
        csv_of([joined(many)], Style(wide=True))
