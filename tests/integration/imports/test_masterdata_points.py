"""Metering points out of files: previewed field by field, stored, given again, taken back."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from access.models import AuditRecord
from access.roles import ADMINISTRATOR
from integration.imports import run_check, run_store
from integration.imports.masterdata import pages
from integration.models import ExternalId, FileImport, ImportProblem, ImportRow
from integration.services.steering import confirm_import
from metering.gsrn import complete
from metering.models import Contract, Customer, MeteringPoint, TransformerArea
from tests import factories as make
from tests.integration.imports.masterdata import Registry, changes, checked, fresh, outcomes, problems
from tests.queries import count_queries

State = FileImport.State


def gsrn(number: int) -> str:
    return complete(f"6488888800000{number:04d}")


A, B, C = gsrn(1), gsrn(2), gsrn(3)


@pytest.fixture
def registry(db: None, files: object) -> Registry:
    utility = make.make_utility()
    return Registry(utility, make.make_user(ADMINISTRATOR, utilities=[utility], username="aino"))


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
        ("Main fuse", "many", "must be an integer"),
        ("Street", "x" * 121, "at most 120 characters"),
        ("Phases", "2,5", "must be an integer"),
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


def test_lines_that_contradict_each_other_are_all_refused_and_all_named(registry: Registry) -> None:
    row = registry.check("points", "GSRN;City", f"{A};Espoo", f"{B};Espoo", f"{A};Vantaa")
    reason = "the same number stands in lines 2, 4: say which is right"
    assert problems(row) == [(2, "GSRN", reason), (4, "GSRN", reason)]
    assert outcomes(row) == ["refused", "new", "refused"]
    row = registry.check("points", "GSRN;NMI", f"{A};N1", f"{B};N1", f"{C};N2")
    assert [line for line, _, _ in problems(row)] == [2, 3]
    row = registry.check(
        "points", "GSRN;Customer number;Customer name", f"{A};C1;Maija", f"{B};C1;Matti", f"{C};C2;Ari"
    )
    assert {(line, column) for line, column, _ in problems(row)} == {(2, "Customer name"), (3, "Customer name")}


def test_parents_may_stand_below_their_children_but_not_in_a_circle(registry: Registry) -> None:
    row = registry.store("points", "GSRN;Parent", f"{A};{B}", f"{B};{C}", f"{C};")
    assert row.stored["new"] == 3, problems(row)
    assert MeteringPoint.objects.get(gsrn=A).parent == MeteringPoint.objects.get(gsrn=B)
    assert row.chunks.count() == 3, "who is referred to is stored before"
    circle = registry.check("points", "GSRN;Parent", f"{C};{A}")
    assert problems(circle) == [(2, "Parent", "it would be its own parent")]
    new = [gsrn(number) for number in (11, 12)]
    both = registry.check("points", "GSRN;Parent", f"{new[0]};{new[1]}", f"{new[1]};{new[0]}")
    assert len(problems(both)) == 2
    assert both.expected["refused"] == 2


def test_a_line_is_not_taken_when_its_parent_in_the_file_is_not(registry: Registry) -> None:
    row = registry.check("points", "GSRN;Parent;Energy", f"{A};{B};", f"{B};;steam")
    assert [line for line, _, _ in problems(row)] == [3, 2] or [line for line, _, _ in problems(row)] == [2, 3]
    assert outcomes(row) == ["refused", "refused"]


def test_transformer_areas_must_exist_unless_they_are_to_be_made(registry: Registry) -> None:
    lines = ("GSRN;Transformer", f"{A};T9", f"{B};T9")
    assert registry.check("points", *lines).expected["refused"] == 2
    layout = registry.check("points", *lines).layout | {"make_areas": True}
    row = registry.check("points", *lines, layout=layout)
    assert changes(row, 2) == [["Transformer area", "", "T9 (new)"]]
    assert not TransformerArea.objects.exists()
    row = registry.store("points", *lines, layout=layout)
    area = TransformerArea.objects.get()
    assert [point.transformer_area for point in MeteringPoint.objects.all()] == [area, area]
    registry.undo(row)
    assert not TransformerArea.objects.exists()


def test_numbers_of_others_are_kept_corrected_and_never_stolen(registry: Registry) -> None:
    registry.store("points", "GSRN;NMI;Own number", f"{A};6123456789;77", f"{B};;")
    row = registry.store("points", "GSRN;NMI", f"{A};6123456780")
    assert changes(row, 2) == [["NMI", "6123456789", "6123456780"]]
    assert ExternalId.objects.get(scheme="nmi").value == "6123456780"
    stolen = registry.check("points", "GSRN;Own number", f"{B};77")
    assert problems(stolen) == [(2, "Own number", f"this number belongs to metering point {A}")]
    registry.undo(row)
    assert ExternalId.objects.get(scheme="nmi").value == "6123456789"


def test_customers_are_bound_by_contracts_and_another_one_ends_them(registry: Registry) -> None:
    head = "GSRN;Customer number;Customer name;Customer since"
    registry.store("points", head, f"{A};C1;Maija;2026-01-01", f"{B};C1;Maija;2026-02-01")
    assert Customer.objects.get().name == "Maija"
    moved = registry.store("points", head, f"{A};C2;Matti;1.6.2026")
    assert changes(moved, 2) == [["Customer name", "", "Matti"], ["Customer number", "C1", "C2 from 2026-06-01"]]
    old, new = Contract.objects.filter(metering_point__gsrn=A).order_by("validity")
    assert (old.validity, new.validity) == (
        DateRange(date(2026, 1, 1), date(2026, 6, 1)), DateRange(date(2026, 6, 1), None),
    )  # fmt: skip
    late = registry.check("points", head, f"{A};C3;Ari;2026-03-01")
    assert "begins on 2026-01-01" not in str(problems(late))
    registry.undo(moved)
    assert Contract.objects.get(metering_point__gsrn=A).validity == DateRange(date(2026, 1, 1), None)
    assert not Customer.objects.filter(number="C2").exists()


def test_a_customer_needs_a_number_and_a_new_one_a_name(registry: Registry) -> None:
    row = registry.check("points", "GSRN;Customer number;Customer name", f"{A};C1;", f"{B};;Maija")
    assert [(line, column) for line, column, _ in problems(row)] == [(2, "Customer number"), (3, "Customer number")]


def test_history_and_audit_trail_are_as_if_each_row_had_been_saved(registry: Registry) -> None:
    point = make.make_metering_point(registry.utility, gsrn=A, street="Koivukuja 1")
    row = registry.store("points", "GSRN;Street", f"{A};Koivukuja 2", f"{B};Koivukuja 3")
    entry = LogEntry.objects.get_for_object(point).filter(action=LogEntry.Action.UPDATE).get()
    assert entry.changes == {"street": ["Koivukuja 1", "Koivukuja 2"]}
    assert (entry.actor, entry.cid) == (registry.user, row.action)
    made = LogEntry.objects.get_for_object(MeteringPoint.objects.get(gsrn=B)).get()
    assert made.action == LogEntry.Action.CREATE
    record = AuditRecord.objects.get(verb="imported")
    assert (record.username, record.action, record.details["new"]) == ("aino", row.action, 1)


def test_bulk_history_says_what_saving_says(registry: Registry) -> None:
    saved = make.make_metering_point(registry.utility, gsrn=gsrn(900), street="Koivukuja 1", fuse_a=25)
    saved.street, saved.fuse_a = "Koivukuja 2", None
    saved.save()
    for fuse, street in (("25", "Koivukuja 1"), ("-", "Koivukuja 2")):
        registry.store(
            "points", "GSRN;Street;Postcode;City;Fuse", f"{gsrn(901)};{street};{saved.postcode};{saved.city};{fuse}"
        )
    of_save, of_bulk = (
        [
            {name: pair for name, pair in entry.changes.items() if name not in ("id", "gsrn")}
            for entry in LogEntry.objects.get_for_object(point).order_by("pk")
        ]
        for point in (saved, MeteringPoint.objects.get(gsrn=gsrn(901)))
    )
    assert of_bulk[1] == of_save[1] == {"street": ["Koivukuja 1", "Koivukuja 2"], "fuse_a": ["25", "None"]}
    columns = {field.name for field in MeteringPoint._meta.concrete_fields}
    said = {name: pair for name, pair in of_save[0].items() if name in columns and pair != ["None", "None"]}
    assert of_bulk[0] == said


def test_undoing_removes_what_was_made_and_puts_back_what_was_changed(registry: Registry) -> None:
    there = make.make_metering_point(registry.utility, gsrn=A, street="Koivukuja 1", latitude="60.170000")
    area = make.make_transformer_area(registry.utility, "T1")
    row = registry.store("points", "GSRN;Street;Latitude;Transformer", f"{A};Koivukuja 2;61;T1", f"{B};;;T1")
    row = registry.undo(row)
    assert row.state == State.UNDONE, row.cause
    assert row.taken_back == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}
    there.refresh_from_db()
    assert (there.street, str(there.latitude), there.transformer_area) == ("Koivukuja 1", "60.170000", None)
    assert not MeteringPoint.objects.filter(gsrn=B).exists()
    assert TransformerArea.objects.get() == area
    deleted = LogEntry.objects.filter(action=LogEntry.Action.DELETE).get()
    assert (deleted.object_repr, deleted.actor) == (B, registry.user)


def test_undoing_leaves_what_others_changed_or_refer_to_and_names_it(registry: Registry) -> None:
    there = make.make_metering_point(registry.utility, gsrn=A, street="Koivukuja 1", city="Espoo")
    row = registry.store("points", "GSRN;Street;City", f"{A};Koivukuja 2;Vantaa", f"{B};;", f"{C};;")
    MeteringPoint.objects.filter(pk=there.pk).update(street="Koivukuja 9")
    make.make_contract(MeteringPoint.objects.get(gsrn=B), make.make_customer(registry.utility))
    edited = MeteringPoint.objects.get(gsrn=C)
    edited.city = "Turku"
    edited.save()
    row = registry.undo(row)
    assert row.taken_back["new"] == row.taken_back["changed"] == 0
    kept = dict(ImportRow.objects.filter(file_import=row).values_list("number", "kept"))
    assert kept == {
        A: f"metering point {A}: changed since: street",
        B: f"metering point {B}: contracts refer to it",
        C: f"metering point {C}: it was edited since",
    }
    there.refresh_from_db()
    assert (there.street, there.city) == ("Koivukuja 9", "Vantaa")


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
    monkeypatch.setattr("integration.imports.holding.stopping", lambda: next(told))
    run_store(row.pk)
    assert (fresh(row).state, MeteringPoint.objects.count(), row.chunks.count()) == (State.STORING, 2, 1)
    monkeypatch.undo()
    run_store(row.pk)
    assert (fresh(row).state, MeteringPoint.objects.count(), row.stored["new"]) == (State.DONE, 5, 5)


def test_who_may_not_change_metering_points_cannot_import_them(registry: Registry) -> None:
    clerk = make.make_user("API client", utilities=[registry.utility], username="robot")
    row = Registry(registry.utility, clerk).check("points", "GSRN", A)
    assert (row.state, row.cause) == (
        State.FAILED, "robot may not add and change metering points. Ask an administrator.",
    )  # fmt: skip
    stranger = make.make_user(ADMINISTRATOR, utilities=[make.make_utility("other")], username="outsider")
    assert "not wholly open" in Registry(registry.utility, stranger).check("points", "GSRN", A).cause


def test_who_may_not_change_metering_points_cannot_take_them_back(registry: Registry) -> None:
    row = registry.store("points", "GSRN", A)
    clerk = make.make_user("API client", utilities=[registry.utility], username="robot")
    assert Registry(registry.utility, clerk).undo(row).cause.startswith("robot may not add and change metering points")
    assert (row.state, MeteringPoint.objects.count()) == (State.FAILED, 1)
    assert registry.undo(row).state == State.UNDONE
    assert not MeteringPoint.objects.exists()


def test_customers_and_numbers_want_permissions_of_their_own(registry: Registry) -> None:
    clerk = make.make_user("API client", utilities=[registry.utility])
    clerk.user_permissions.add(*Permission.objects.filter(codename__in=["add_meteringpoint", "change_meteringpoint"]))
    row = Registry(registry.utility, clerk).check(
        "points", "GSRN;NMI;Customer number;Customer name", f"{A};;C1;Maija", f"{B};NMI0000001;;", f"{C};;;"
    )
    assert outcomes(row) == ["refused", "refused", "new"]
    assert problems(row) == [
        (2, "Customer number", "you may not add and change customers"),
        (3, "NMI", "you may not add and change external numbers"),
    ]


def test_another_utilitys_metering_point_of_the_same_number_is_not_touched(registry: Registry) -> None:
    foreign = make.make_metering_point(make.make_utility("other"), gsrn=A, street="Koivukuja 1")
    registry.store("points", "GSRN;Street", f"{A};Koivukuja 2")
    foreign.refresh_from_db()
    assert foreign.street == "Koivukuja 1"
    assert MeteringPoint.objects.filter(gsrn=A).count() == 2


def _queries_of_storing(registry: Registry, first: int, number: int) -> int:
    area = make.make_transformer_area(registry.utility, "T1")
    head = "GSRN;Street;Transformer;NMI;Parent;Customer number;Customer name"
    parent = make.make_metering_point(registry.utility)
    lines = (
        f"{gsrn(index)};Koivukuja {index};{area.code};N{index};{parent.gsrn};C{index};Maija {index}"
        for index in range(first, first + number)
    )
    row = registry.begin("points", head, *lines)
    with count_queries() as checking:
        run_check(row.pk)
    confirm_import(row=fresh(row), user=registry.user)
    with count_queries() as storing:
        run_store(row.pk)
    assert fresh(row).stored["new"] == number, problems(row)
    return checking.number + storing.number


def test_the_number_of_queries_does_not_grow_with_the_page(registry: Registry) -> None:
    _queries_of_storing(registry, 1, 1)
    assert _queries_of_storing(registry, 100, 300) == _queries_of_storing(registry, 10, 3)


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


def test_a_day_without_a_year_ago_is_today_for_contracts(registry: Registry) -> None:
    registry.store("points", "GSRN;Customer number;Customer name", f"{A};C1;Maija")
    today = timezone.now().astimezone(registry.utility.zone).date()
    assert Contract.objects.get().validity.lower in (today, today - timedelta(days=1))
