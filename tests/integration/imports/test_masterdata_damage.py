"""Lists with anything in their cells, and two writers of the same rows at the same moment."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.imports import run_store
from integration.imports.masterdata.content import KINDS
from integration.imports.masterdata.kinds import Kind
from integration.imports.tally import Tally
from integration.models import FileImport
from integration.services.steering import confirm_import
from metering.models import MeteringPoint
from tests import factories as make
from tests.beside import PATIENCE_S, Stop, beside, until_it_waits
from tests.integration.imports.masterdata import A, B, C, Registry, checked, fresh, make_registry, outcomes

State = FileImport.State
ODD = (
    "", "-", "0", "-1", "1e5", "7.36E+17", "9" * 40, "NaN", "Infinity", "0x10", "60,5", "1.234,5", "2026-02-30",
    "0001-01-01", "9999-12-31T23:59:59", "2026-06-01T00:00:00+99:00", "200/0", "1/3", "⅓", "٣", "=1+1", "'", '"',
    "a\u2028b", "\ufeffx", A, B, C, "T1", "LGZ1", "aim-sm3", "electricity", "4C475A2000000002", "1-0:1.8.0",
    "1-0:1.8.0*255", "x" * 600, "\u202eabc", "💡",
)  # fmt: skip
CELL = st.one_of(st.sampled_from(ODD), st.text(max_size=12))


def document(kind: Kind, rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([[field.label for field in kind.fields], *rows])
    return text.getvalue().encode("utf-8", "replace")


@pytest.fixture
def registry(registry: Registry) -> Registry:
    """With one of each thing that the odd cells name."""
    make.make_property("1-0:1.8.0")
    make.make_transformer_area(registry.utility, "T1")
    make.make_metering_point(registry.utility, gsrn=C)
    make.make_device(registry.utility, serial_number="LGZ1")
    return registry


@pytest.mark.parametrize("name", sorted(KINDS))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_the_cells_every_line_gets_an_outcome(
    registry: Registry, name: str, data: st.DataObject
) -> None:
    kind = KINDS[name]
    size = len(kind.fields)
    keys = st.sampled_from((A, B, C) if name == "points" else ("LGZ1", "LGZ2", "00123"))
    row_of = st.tuples(keys, st.lists(CELL, min_size=size - 1, max_size=size - 1)).map(lambda row: [row[0], *row[1]])
    rows = data.draw(st.lists(row_of, min_size=1, max_size=4))
    with transaction.atomic():
        row = checked(registry.begin_octets(name, document(kind, rows), "list.csv"))
        assert row.state == State.READY, row.cause
        if Tally.of_json(row.expected).good:
            confirm_import(row=row, user=registry.user)
            run_store(row.pk)
            assert fresh(row).state == State.DONE, row.cause
        assert "read" not in outcomes(row)
        assert registry.undo(row).state == State.UNDONE if row.chunks.exists() else True
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_one_field_after_the_other_is_given_something_odd(registry: Registry, name: str) -> None:
    kind = KINDS[name]
    for place in range(1, len(kind.fields)):
        key = "6400000{:011d}".format if name == "points" else "N{}".format
        rows = [[key(index), *("" for _ in kind.fields[1:place]), text] for index, text in enumerate(ODD)]
        padded = [[*row, *("" for _ in kind.fields[len(row) :])] for row in rows]
        row = checked(registry.begin_octets(name, document(kind, padded), "list.csv"))
        assert row.state == State.READY, (kind.fields[place].name, row.cause)


@pytest.mark.django_db(transaction=True)
def test_a_row_somebody_makes_at_the_same_moment_is_met_and_changed(files: object) -> None:
    """Somebody makes the same metering point, and commits when the import already waits for it."""
    registry, made = make_registry(), Stop()

    def make_meanwhile() -> None:
        with transaction.atomic():
            MeteringPoint.objects.create(utility=registry.utility, gsrn=A, street="Theirs")
            made.wait()

    row = registry.check("points", "GSRN;Street", f"{A};Ours", f"{B};Ours")
    confirm_import(row=row, user=registry.user)
    with beside(make_meanwhile) as making:
        made.until_reached()
        with beside(lambda: run_store(row.pk)) as storing:
            until_it_waits(storing)
            assert not storing.done()
            made.let_go()
            making.result(PATIENCE_S)
            storing.result(PATIENCE_S)
    assert fresh(row).stored == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}, row.cause
    assert set(MeteringPoint.objects.values_list("gsrn", "street")) == {(A, "Ours"), (B, "Ours")}
