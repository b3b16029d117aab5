"""The pages of imports of metering points and devices: what the columns mean, what changes, what was not taken."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.models import AuditRecord
from access.roles import ADMINISTRATOR, METERING_OPERATOR
from integration.imports import run_check
from integration.models import ColumnMapping, FileImport
from metering.models import MeteringPoint
from tests import factories as make
from tests.integration.imports.masterdata import A, B, C, Registry, fresh
from tests.queries import count_queries
from tests.scene import NASTY, signed_in, text

State = FileImport.State


@pytest.fixture
def aino(registry: Registry) -> Client:
    return signed_in(registry.user)


def given(registry: Registry, *lines: str, **fields: Any) -> dict[str, Any]:
    """What the upload form sends."""
    file = SimpleUploadedFile("points.csv", "".join(f"{line}\n" for line in lines).encode())
    return {"file": file, "utility": registry.utility.pk, "format": "points", **fields}


def test_a_file_with_known_headings_is_checked_and_shown_field_by_field(registry: Registry, aino: Client) -> None:
    make.make_metering_point(registry.utility, gsrn=A, street="Koivukuja 1")
    aino.post("/imports/new/", given(registry, "GSRN;Street", f"{A};{NASTY}", f"{B};Koivukuja 3"))
    row = FileImport.objects.get()
    assert row.state == State.CHECKING
    run_check(row.pk)
    page = aino.get(row.get_absolute_url())
    assert "<del>Koivukuja 1</del>" in page.content.decode()
    assert NASTY not in page.content.decode(), "what a file says is text"
    assert "1 changed" in text(page)
    lines = aino.get(f"/imports/{row.pk}/lines/")
    assert [line.outcome for line in lines.context["listing"].page.rows] == ["changed", "new"]
    only = aino.get(f"/imports/{row.pk}/lines/?outcome=new")
    assert B in text(only) and A not in text(only)
    table = aino.get(f"/imports/{row.pk}/lines/?format=csv")
    assert b"Street: Koivukuja 1" in b"".join(table.streaming_content)  # type: ignore[attr-defined]


def test_columns_are_asked_for_remembered_and_found_again(registry: Registry, aino: Client) -> None:
    lines = ("Nummer;Strasse oder Weg", f"{A};Koivukuja 1")
    asked = aino.post("/imports/new/", given(registry, *lines), follow=True)
    row = FileImport.objects.get()
    page = f"/imports/{row.pk}/meaning/"
    assert asked.redirect_chain == [(page, 302)]
    assert "Koivukuja 1" in text(asked), "what stands in the columns is shown"
    missing = aino.post(page, {"column-0": "", "column-1": "street"})
    assert missing.status_code == 400
    assert "Say which column holds the GSRN" in text(missing)
    twice = aino.post(page, {"column-0": "gsrn", "column-1": "gsrn"})
    assert "More than one column is said to be “GSRN”" in text(twice)

    said = {"column-0": "gsrn", "column-1": "street", "save_as": "Old system"}
    assert aino.post(page, said).status_code == 302
    run_check(row.pk)
    assert fresh(row).expected["new"] == 1, row.cause
    assert ColumnMapping.objects.get().name == "Old system"
    aino.post("/imports/new/", given(registry, lines[0], f"{B};Koivukuja 2"))
    assert FileImport.objects.latest("pk").state == State.CHECKING, "the headings are known by now"


def test_columns_can_be_said_otherwise_until_it_is_stored(registry: Registry, aino: Client) -> None:
    row = registry.check("points", "GSRN;Street;City", f"{A};Espoo;Koivukuja 1")
    assert "Other columns" in text(aino.get(row.get_absolute_url()))
    aino.post(f"/imports/{row.pk}/meaning/", {"column-0": "gsrn", "column-1": "city", "column-2": "street"})
    run_check(row.pk)
    aino.post(f"/imports/{row.pk}/confirm/")
    assert "Other columns" not in text(aino.get(row.get_absolute_url()))


def test_headings_may_stand_further_down(registry: Registry, aino: Client) -> None:
    aino.post("/imports/new/", given(registry, "List of 2026;;", ";;", "GSRN;Street;City", f"{A};Koivukuja 1;Espoo"))
    row = FileImport.objects.get()
    page = f"/imports/{row.pk}/meaning/?header_row=3"
    assert "GSRN" in text(aino.get(page))
    aino.post(page, {"column-0": "gsrn", "column-1": "street", "column-2": "city"})
    run_check(row.pk)
    assert fresh(row).expected["new"] == 1, row.cause
    assert aino.get(f"/imports/{row.pk}/meaning/?header_row=0").status_code == 400


def test_transformer_areas_are_made_when_it_is_said_so(registry: Registry, aino: Client) -> None:
    row = registry.check("points", "GSRN;Transformer", f"{A};T9")
    assert row.expected["refused"] == 1
    columns = {"column-0": "gsrn", "column-1": "transformer_area", "make_areas": "on"}
    aino.post(f"/imports/{row.pk}/meaning/", columns)
    run_check(row.pk)
    assert fresh(row).expected["new"] == 1


def test_lines_not_taken_come_back_under_their_headings_and_are_taken_when_corrected(
    registry: Registry, aino: Client
) -> None:
    row = registry.store("points", "GSRN;Street;Longitude", f"{A};=1+1;-8,5", f"{B};Koivukuja 2;200", f"{A[:-2]};;")
    answer = aino.get(f"/imports/{row.pk}/not-taken/")
    body = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    found = list(csv.reader(body.splitlines()))
    assert found[0] == ["Line", "What is wrong", "GSRN", "Street", "Longitude"]
    assert [line[0] for line in found[1:]] == ["3", "4"]
    assert "less than or equal to 180" in found[1][1]
    corrected = body.replace(",200", ',"-20,5"').splitlines()[:2]
    again = registry.store("points", *corrected)
    assert again.stored["new"] == 1, again.cause
    assert str(MeteringPoint.objects.get(gsrn=B).longitude) == "-20.500000"


def test_customers_are_shown_to_those_who_may_see_them_and_that_is_recorded(registry: Registry, aino: Client) -> None:
    row = registry.check("points", "GSRN;Customer number;Customer name", f"{A};C1;Maija Meikäläinen")
    assert "Maija Meikäläinen" in text(aino.get(f"/imports/{row.pk}/lines/"))
    assert AuditRecord.objects.get(verb="customers read").details == {"customers": ["C1"]}
    clerk = make.make_user(METERING_OPERATOR, utilities=[registry.utility])
    group = clerk.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="view_customer"))
    hidden = text(signed_in(clerk).get(f"/imports/{row.pk}/lines/"))
    assert A in hidden
    assert "Meikäläinen" not in hidden


def test_pages_of_master_data_are_for_people_of_the_utility(registry: Registry) -> None:
    row = registry.check("points", "GSRN", A)
    stranger = signed_in(make.make_user(ADMINISTRATOR, utilities=[make.make_utility("other")]))
    for page in ("lines", "meaning", "not-taken"):
        assert stranger.get(f"/imports/{row.pk}/{page}/").status_code == 404
    assert stranger.post(f"/imports/{row.pk}/meaning/", {"column-0": "gsrn"}).status_code == 404


def test_readings_have_no_lines_of_master_data(registry: Registry, aino: Client) -> None:
    row = registry.begin("table", "a;b", "1;2")
    assert aino.get(f"/imports/{row.pk}/lines/").status_code == 404
    assert aino.get(f"/imports/{row.pk}/meaning/").status_code == 404


def test_pages_cost_the_same_however_long_the_file_is(registry: Registry, aino: Client) -> None:
    short = registry.check("points", "GSRN;Street", f"{A};1")
    long = registry.check("points", "GSRN;Street", f"{A};1", f"{B};2", f"{C};3")
    for page in ("", "lines/"):
        numbers = []
        for row in (short, short, long):
            with count_queries() as counted:
                assert aino.get(f"/imports/{row.pk}/{page}").status_code == 200
            numbers.append(counted.number)
        assert numbers[1] == numbers[2] <= 20
