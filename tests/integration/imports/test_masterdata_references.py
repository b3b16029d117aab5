"""Lines of metering points that speak of each other and of other things: parents, areas, numbers, customers."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from integration.models import ExternalId
from metering.models import Contract, Customer, MeteringPoint, TransformerArea
from tests.integration.imports.masterdata import A, B, C, Registry, changes, gsrn, outcomes, problems


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


def test_a_day_without_a_year_ago_is_today_for_contracts(registry: Registry) -> None:
    registry.store("points", "GSRN;Customer number;Customer name", f"{A};C1;Maija")
    today = timezone.now().astimezone(registry.utility.zone).date()
    assert Contract.objects.get().validity.lower in (today, today - timedelta(days=1))
