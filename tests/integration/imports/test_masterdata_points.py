"""Metering points out of files: previewed field by field, stored, given again, and what is refused."""

from __future__ import annotations

import io
from typing import Any

import pytest
from auditlog.models import LogEntry
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from integration.imports import run_store
from integration.imports.masterdata import pages
from integration.models import FileImport, ImportProblem
from integration.services.steering import confirm_import
from metering.gsrn import complete
from metering.models import MeteringPoint
from tests import factories as make
from tests.integration.imports.masterdata import (
    A,
    B,
    C,
    Registry,
    changes,
    checked,
    fresh,
    gsrn,
    problems,
    queries_of_storing,
)

State = FileImport.State


def test_what_is_new_is_shown_before_and_made_after_confirmation(registry: Registry) -> None:
    row = registry.check(
        "points", "GSRN;Street;Postcode;Latitude;Energy", f"{A};Koivukuja 1;02100;60,1699;sähkö", f"{B};;;;"
    )
    assert row.state == State.READY, row.cause
    assert row.expected == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0}
    assert not MeteringPoint.objects.exists()
    assert changes(row, 2) == [
        ["Street", "", "Koivukuja 1"], ["Postcode", "", "02100"], ["Latitude", "", "60.1699"],
        ["Energy", "", "Electricity"],
    ]  # fmt: skip
    confirm_import(row=row, user=registry.user)
    run_store(row.pk)
    point = MeteringPoint.objects.get(gsrn=A)
    assert (point.street, point.postcode, str(point.latitude)) == ("Koivukuja 1", "02100", "60.169900")
    assert fresh(row).stored["new"] == 2


def test_of_what_is_there_each_changed_field_is_shown_before_and_after(registry: Registry) -> None:
    point = make.make_metering_point(registry.utility, gsrn=A, street="Koivukuja 1", city="Espoo", fuse_a=25)
    row = registry.check("points", "GSRN,Street,City,Main fuse", f"{A},Koivukuja 2,,63")
    assert changes(row, 2) == [["Street", "Koivukuja 1", "Koivukuja 2"], ["Main fuse", "25", "63"]]
    assert row.header == {"Street": 1, "Main fuse": 1}
    assert registry.store("points", "GSRN,Street,City,Main fuse", f"{A},Koivukuja 2,,63").stored["changed"] == 1
    point.refresh_from_db()
    assert (point.street, point.city, point.fuse_a) == ("Koivukuja 2", "Espoo", 63)


def test_the_same_file_again_changes_nothing(registry: Registry) -> None:
    lines = ("GSRN;Street;Latitude;NMI;Customer number;Customer name", f"{A};Koivukuja 1;60.17;NMI0000001;C1;Maija")
    registry.store("points", *lines)
    entries = LogEntry.objects.count()
    assert registry.store("points", *lines).stored == {"new": 0, "changed": 0, "unchanged": 1, "refused": 0}
    assert LogEntry.objects.count() == entries


def test_a_hyphen_empties_a_field_and_an_empty_cell_does_not(registry: Registry) -> None:
    point = make.make_metering_point(registry.utility, gsrn=A, street="Koivukuja 1", city="Espoo", fuse_a=25)
    registry.store("points", "GSRN;Street;City;Fuse", f"{A};-;;-")
    point.refresh_from_db()
    assert (point.street, point.city, point.fuse_a) == ("", "Espoo", None)
    row = registry.check("points", "GSRN;Energy", f"{A};-")
    assert problems(row) == [(2, "Energy", "this cannot be emptied")]


@pytest.mark.parametrize(
    ("heading", "text", "reason"),
    [
        ("GSRN", "648888880000000015", "should be"),
        ("GSRN", "7.36E+17", "a spreadsheet has made the rounded number"),
        ("GSRN", A[:-1], "has not"),
        ("Latitude", "91", "less than or equal to 90"),
        ("Latitude", "north", "must be a decimal number"),
        ("Energy", "steam", "it is none of Electricity"),
        ("Main fuse", "many", "must be a whole number"),
        ("Street", "x" * 121, "at most 120 characters"),
        ("Phases", "2,5", "must be a whole number"),
        ("Customer since", "31.2.2026", "no day or time"),
        ("Segment", "east", "there is no segment of this code"),
        ("Transformer area", "T9", "there is no transformer area of this code"),
        ("Parent metering point", B, "there is no metering point of this GSRN"),
        ("Parent metering point", A, "it refers to itself"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_line_and_column(
    registry: Registry, heading: str, text: str, reason: str
) -> None:
    line = f"{C};{text};" if heading == "GSRN" else f"{A};{text};"
    headings = f"Own number;{heading};City" if heading == "GSRN" else f"GSRN;{heading};City"
    row = registry.check("points", headings, line, f";{B};" if heading == "GSRN" else f"{C};;")
    found = [problem for problem in problems(row) if problem[0] == 2]
    assert found[0][1] == heading
    assert reason in found[0][2]
    assert row.expected["refused"] == 1
    assert row.expected["new"] == 1, "the good line is not lost"


def test_zeros_a_spreadsheet_took_are_named_and_what_is_stored_stays(registry: Registry) -> None:
    short = complete("00012345678901234")
    row = registry.check("points", "GSRN", short.lstrip("0"))
    assert "if zeros at its beginning were lost" in problems(row)[0][2]
    point = make.make_metering_point(registry.utility, gsrn=A, postcode="02100")
    row = registry.store("points", "GSRN;Postcode", f"{A};2100")
    assert row.repairs == 1
    assert problems(row) == [
        (2, "Postcode", "zeros at its beginning were lost on the way: 02100 stays. Format the column as text")
    ]
    point.refresh_from_db()
    assert point.postcode == "02100"


def test_a_workbook_is_read_and_a_rounded_number_named(registry: Registry) -> None:
    octets = io.BytesIO()
    with Workbook(octets, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["GSRN", "Street", "Main fuse (A)"])
        sheet.write_row(1, 0, [A, "Koivukuja 1", 25])
        sheet.write_row(2, 0, [float(B), "Koivukuja 2", 25])
    row = checked(registry.begin_octets("points", octets.getvalue(), "points.xlsx"))
    assert row.expected["new"] == 1, row.cause
    assert [line for line, _, reason in problems(row) if "rounded number" in reason] == [3]


def test_what_changed_between_preview_and_storing_is_compared_anew(registry: Registry) -> None:
    row = registry.check("points", "GSRN;Street", f"{A};Koivukuja 1", f"{B};Koivukuja 2")
    make.make_metering_point(registry.utility, gsrn=A, street="Koivukuja 1")
    confirm_import(row=row, user=registry.user)
    run_store(row.pk)
    assert fresh(row).stored == {"new": 1, "changed": 0, "unchanged": 1, "refused": 0}


def test_an_import_that_was_broken_off_goes_on_behind_its_last_chunk(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    row = registry.check("points", "GSRN", *(gsrn(number) for number in range(5)))
    confirm_import(row=row, user=registry.user)
    told = iter([False, True])
    monkeypatch.setattr("integration.work.holding.stopping", lambda: next(told))
    run_store(row.pk)
    assert (fresh(row).state, MeteringPoint.objects.count(), row.chunks.count()) == (State.STORING, 2, 1)
    monkeypatch.undo()
    run_store(row.pk)
    assert (fresh(row).state, MeteringPoint.objects.count(), row.stored["new"]) == (State.DONE, 5, 5)


def _queries(registry: Registry, first: int, number: int) -> int:
    area = make.make_transformer_area(registry.utility, "T1")
    parent = make.make_metering_point(registry.utility)
    lines = (
        f"{gsrn(index)};Koivukuja {index};{area.code};N{index};{parent.gsrn};C{index};Maija {index}"
        for index in range(first, first + number)
    )
    return queries_of_storing(
        registry, "points", "GSRN;Street;Transformer;NMI;Parent;Customer number;Customer name", *lines
    )


def test_the_number_of_queries_does_not_grow_with_the_page(registry: Registry) -> None:
    _queries(registry, 1, 1)
    assert _queries(registry, 100, 300) == _queries(registry, 10, 3)


def test_a_file_that_says_nothing_of_a_gsrn_waits_for_its_columns(registry: Registry) -> None:
    row = registry.begin("points", "Nummer;Straße", f"{A};Koivukuja 1")
    assert row.state == State.UPLOADED
    layout: dict[str, Any] = {"layout": "points", "source": {}, "columns": {"gsrn": "Nummer", "street": "Straße"}}
    assert registry.check("points", "Nummer;Straße", f"{A};Koivukuja 1", layout=layout).expected["new"] == 1
    wrong = layout | {"columns": {"gsrn": "Number"}}
    assert "There is no column 'Number'" in registry.check("points", "Nummer", A, layout=wrong).cause
    assert "something else than points" in registry.check("points", "Nummer", A, layout={"layout": "long"}).cause


def test_columns_nobody_reads_are_noted_and_rubbish_is_not_fatal(registry: Registry) -> None:
    row = registry.check("points", "GSRN;Colour", f"{A};red", "rubbish;;;;;", "", f";{B}")
    notes = row.problems.filter(severity=ImportProblem.Severity.NOTE)
    assert [(note.column, note.reason) for note in notes] == [("Colour", "this column is not read")]
    assert [line for line, _, _ in problems(row)] == [3, 5]
    assert row.expected["new"] == 1
