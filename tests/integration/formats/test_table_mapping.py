"""Mappings as data: saved, restored, and every fault named by its field. Rows as text."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.formats.portion import Kind
from integration.formats.table import (
    Columns,
    Fixed,
    Mapping,
    MappingError,
    Names,
    Numbers,
    Source,
    TableReader,
    Times,
    from_json,
    read_rows,
    to_json,
)
from integration.formats.table import mapping as declared
from integration.formats.table.quantities import kind_of, obis_of
from integration.formats.table.units import unit_of
from tests.integration.formats.table_files import LONG, text

TEXTS = st.text(max_size=5)
MAPPINGS = st.builds(
    Mapping,
    source=st.builds(Source, st.sampled_from(declared.FileKind), header_row=st.integers(0, 9), sheet=st.just("")),
    layout=st.just(declared.Layout.LONG),
    columns=st.builds(Columns, *map(st.just, ("Point", "", "Time", "", "Value"))),
    fixed=st.just(Fixed(quantity="1-0:1.8.0", unit="kWh")),
    names=st.builds(
        Names,
        qualities=st.dictionaries(TEXTS, st.sampled_from(["measured", "none"])),
        heading=st.lists(st.sampled_from(declared.HeadingPart)).map(tuple),
    ),
    times=st.builds(
        Times,
        mark=st.sampled_from(declared.Mark),
        zone=st.sampled_from(["UTC", "+02:00", "Europe/Helsinki"]),
        nonexistent=st.sampled_from(declared.Nonexistent),
        interval_s=st.sampled_from([None, 0, 900]),
    ),
    numbers=st.builds(Numbers, negative=st.booleans(), blanks=st.lists(TEXTS).map(tuple)),
    kind=st.none() | st.sampled_from(Kind),
)


@given(MAPPINGS)
def test_a_mapping_is_saved_and_restored(mapping: Mapping) -> None:
    assert from_json(json.loads(json.dumps(to_json(mapping)))) == mapping


def changed(path: str, value: object) -> dict[str, Any]:
    """The mapping as JSON with one setting changed."""
    data = to_json(LONG)
    *outer, name = path.split(".")
    place = data
    for part in outer:
        place = place[part]
    place[name] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("source.kind", "xls", "must be one of csv, xlsx, ods"),
        ("source.encoding", "ebcdic", "must be auto or one of"),
        ("source.delimiter", ":", "must be auto, comma"),
        ("source.quote", "`", "quotation mark"),
        ("source.header_row", -1, "between 0"),
        ("source.header_row", "1", "must be a whole number"),
        ("source.header_row", True, "must be a whole number"),
        ("source.sheet", "Values", "belongs to workbooks"),
        ("layout", "deep", "must be one of"),
        ("columns.time", "", "must name the column of the time"),
        ("columns.point", "", "must name the column of the metering point"),
        ("columns.value", "", "must name the column of the value"),
        ("columns.value", "time", "already has another meaning"),
        ("columns.values", "Value", "must be a list"),
        ("columns.colour", "red", "is not a setting of a mapping"),
        ("columns.point", "x" * 501, "at most 500 characters"),
        ("fixed.quantity", "", "columns.quantity must name the column of the quantity"),
        ("fixed.quantity", "speed", "neither an OBIS code"),
        ("fixed.unit", "furlong", "is not a known unit"),
        ("names.quantities", {"A": "1-0"}, "names.quantities.A '1-0' is not an OBIS code"),
        ("names.qualities", {"W": "fine"}, "names.qualities.W must be one of measured"),
        ("names.qualities", ["W"], "must be an object"),
        ("times.format", "dd.mm HH:MM", "must have a year"),
        ("times.format", "dd.mm.yyyy dd", "the same part twice"),
        ("times.format", "dd.mm.yyyy MM", "without hours"),
        ("times.zone", "Mars/Base", "no time zone 'Mars/Base'"),
        ("times.zone", "+25:00", "is no offset"),
        ("times.zone", "../../etc/passwd", "no time zone"),
        ("times.ambiguous", "flag", "columns.flag must name the column"),
        ("times.interval_s", 7000, "divide a day"),
        ("times.interval_s", 30, "at least a minute"),
        ("numbers.decimal", "x", "must be auto, point or comma"),
        ("numbers.thousands", "x", "must be empty, point"),
        ("numbers.thousands", ".", "numbers.decimal must be declared"),
        ("numbers.factor", "0", "above zero"),
        ("numbers.factor", "1e99", "above zero"),
        ("numbers.factor", "half", "above zero"),
        ("numbers.negative", "yes", "must be true or false"),
        ("kind", "flow", "must be one of stand"),
    ],
)
def test_faults_name_their_field(path: str, value: object, reason: str) -> None:
    with pytest.raises(MappingError) as raised:
        from_json(changed(path, value))
    assert reason in str(raised.value)
    assert len(raised.value.faults) == 1


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        (replace(LONG, layout=declared.Layout.WIDE_TIME, columns=Columns(point="P", time="T")), "columns.point"),
        (replace(LONG, layout=declared.Layout.WIDE_TIME, columns=Columns(time="T", value="V")), "columns.value"),
        (replace(LONG, layout=declared.Layout.WIDE_DAY, columns=Columns("P", time="T", clock="C")), "columns.clock"),
        (replace(LONG, layout=declared.Layout.WIDE_DAY, columns=Columns("P", time="T", length="L")), "columns.length"),
        (replace(LONG, times=Times(misfit=declared.Misfit.SPREAD), kind=Kind.STAND), "times.misfit"),
        (replace(LONG, numbers=Numbers(decimal=".", thousands=".")), "numbers.thousands"),
    ],
)
def test_settings_that_do_not_go_together(mapping: Mapping, field: str) -> None:
    with pytest.raises(MappingError) as raised:
        TableReader(io.BytesIO(), mapping)
    assert [fault.field for fault in raised.value.faults] == [field]


@pytest.mark.parametrize("data", [None, 3, [], "mapping"])
def test_what_is_no_mapping(data: object) -> None:
    with pytest.raises(MappingError):
        from_json(data)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("kWh", ("Wh", 3)),
        ("MWH", ("Wh", 6)),
        (" kvarh ", ("varh", 3)),
        ("GJ", ("J", 9)),
        ("m³", ("m3", 0)),
        ("l", ("m3", -3)),
        ("°C", ("°C", 0)),
        ("furlong", None),
        ("", None),
    ],
)
def test_units(written: str, found: tuple[str, int] | None) -> None:
    assert unit_of(written) == found


def test_quantities() -> None:
    assert obis_of("1.8.0", {}) == "1-0:1.8.0"
    assert obis_of("bezug", {" Bezug ": "1-0:1.29.0"}) == "1-0:1.29.0"
    assert obis_of("Bezug", {}) is None
    assert [kind_of(code) for code in ("1-0:1.8.1", "1-0:1.29.0", "1-0:32.7.0", "1-0:1.6.0")] == [
        Kind.STAND,
        Kind.CONSUMPTION,
        Kind.INSTANTANEOUS,
        None,
    ]


def test_rows_as_text() -> None:
    octets = text("Serial, Name ", '1,"a, b"', "2", " 3 , c ", "")
    rows = list(read_rows(io.BytesIO(octets), Source(delimiter=",")))
    assert [(row.line, row.cells) for row in rows if not row.problems] == [
        (2, {"Serial": "1", "Name": "a, b"}),
        (4, {"Serial": "3", "Name": "c"}),
    ]
    assert [(row.line, row.problems[0].reason) for row in rows if row.problems] == [
        (3, "1 cells where there are 2 headings")
    ]


def test_rows_of_headings_that_stand_twice() -> None:
    (row,) = read_rows(io.BytesIO(text("A,B,a", "1,2,3")), Source())
    assert [(problem.column, problem.reason) for problem in row.problems] == [
        ("a", "this heading stands more than once")
    ]
