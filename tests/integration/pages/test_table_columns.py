"""The page that asks what the columns of a table mean: proposed, tried, chosen, saved, known again."""

from __future__ import annotations

import io
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.models import AuditRecord
from access.roles import CUSTOMER_SERVICE, METERING_OPERATOR
from integration.imports import run_check, run_store
from integration.models import ColumnMapping, FileImport
from metering.services.properties import register_properties
from tests import factories as make
from tests.integration.imports.conftest import Office
from tests.queries import count_queries
from tests.scene import NASTY, signed_in, text

State = FileImport.State
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def helsinki(office: Office) -> None:
    register_properties()
    office.utility.time_zone = "Europe/Helsinki"
    office.utility.save()


def hours(office: Office, day: str = "28.03.2026") -> list[str]:
    """A day of hours as an energy company of the north writes it."""
    return [f"{office.point.gsrn};{day} {hour:02}:00;{hour},250" for hour in range(24)]


def table(*rows: str, heading: str = "Point;Time;Energy (kWh)") -> bytes:
    return "\n".join([heading, *rows]).encode()


def give(client: Client, office: Office, content: bytes, name: str = "march.csv", **fields: Any) -> FileImport:
    file = SimpleUploadedFile(name, content)
    client.post("/imports/new/", {"file": file, "utility": office.utility.pk, **fields})
    found = FileImport.objects.order_by("-pk").first()
    assert found is not None
    return found


def chosen(client: Client, row: FileImport, **changes: Any) -> dict[str, Any]:
    """What the form would send as it stands, with some of its fields changed."""
    form = client.get(f"/imports/{row.pk}/columns/").context["form"]
    values = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in values.items() if value not in (None, False)}
    return sent | {name.replace("__", "."): value for name, value in changes.items()}


def test_a_table_is_asked_about_proposed_checked_and_stored(office: Office, mikko: Client) -> None:
    row = give(mikko, office, table(*hours(office)))
    assert row.state == State.UPLOADED
    page = mikko.get(f"/imports/{row.pk}/columns/")
    assert "How the file begins" in text(page)
    assert "0.250 kWh" in text(page)
    assert "2026-03-28 00:00 EET" in text(page)

    mikko.post(f"/imports/{row.pk}/columns/", chosen(mikko, row))
    run_check(row.pk)
    row.refresh_from_db()
    assert (row.state, row.expected["new"]) == (State.READY, 24)
    assert AuditRecord.objects.filter(verb="columns chosen", object_id=str(row.pk)).exists()
    mikko.post(f"/imports/{row.pk}/confirm/")
    run_store(row.pk)
    row.refresh_from_db()
    assert (row.state, row.stored["new"]) == (State.DONE, 24)


def test_after_the_upload_the_columns_are_asked_for(office: Office, mikko: Client) -> None:
    file = SimpleUploadedFile("march.csv", table(*hours(office)))
    answer = mikko.post("/imports/new/", {"file": file, "utility": office.utility.pk})
    row = FileImport.objects.get()
    assert answer.headers["Location"] == f"/imports/{row.pk}/columns/"
    assert "Columns wanted" in text(mikko.get(row.get_absolute_url()))
    assert "Not looked into yet" in text(mikko.get(row.get_absolute_url()))


def test_columns_saved_are_known_by_the_headings(office: Office, mikko: Client) -> None:
    row = give(mikko, office, table(*hours(office)))
    mikko.post(f"/imports/{row.pk}/columns/", chosen(mikko, row, save_as="Hourly"))
    saved = ColumnMapping.objects.get()
    assert (saved.name, saved.utility, saved.created_by) == ("Hourly", office.utility, office.user)

    again = give(mikko, office, table(*hours(office, "29.03.2026")[:3]), name="april.csv")
    assert again.state == State.CHECKING
    assert again.layout == saved.layout
    assert "Hourly" in text(mikko.get(again.get_absolute_url()))
    other = give(mikko, office, table(*hours(office)[:2], heading="A;B;C"), name="other.csv")
    assert other.state == State.UPLOADED
    named = give(mikko, office, table(*hours(office)[:5]), name="named.csv", mapping=saved.pk)
    assert named.mapping == saved
    assert "Hourly" in text(mikko.get("/imports/mappings/"))


def test_a_mapping_of_the_same_name_is_replaced(office: Office, mikko: Client) -> None:
    for zone in ("UTC", "Europe/Helsinki"):
        row = give(mikko, office, table(*hours(office)[: 3 + len(zone)], heading=f"Point;Time;{zone} kWh"))
        mikko.post(f"/imports/{row.pk}/columns/", chosen(mikko, row, save_as="Hourly", times__zone=zone))
    assert [saved.layout["times"]["zone"] for saved in ColumnMapping.objects.all()] == ["Europe/Helsinki"]


def test_what_does_not_fit_is_marked_at_its_field_and_nothing_typed_is_lost(office: Office, mikko: Client) -> None:
    row = give(mikko, office, table(*hours(office)))
    data = chosen(mikko, row, times__zone="Europe/Atlantis", fixed__unit="parsec", save_as="Kept")
    answer = mikko.post(f"/imports/{row.pk}/columns/", data)
    assert answer.status_code == 400
    form = answer.context["form"]
    assert set(form.errors) == {"times.zone", "fixed.unit"}
    assert form["save_as"].value() == "Kept"
    assert "Not to be read yet" in text(answer)
    assert "There is no time zone &#x27;Europe/Atlantis&#x27;." in text(answer)
    row.refresh_from_db()
    assert row.state == State.UPLOADED


def test_every_change_shows_what_the_first_rows_would_give(office: Office, mikko: Client) -> None:
    row = give(mikko, office, table(*hours(office)[:4], "x;28.03.2026 04:00;many"))
    region = {"HX-Target": "first-values", "HX-Request": "true"}
    data = chosen(mikko, row, numbers__factor="10")
    part = text(mikko.get(f"/imports/{row.pk}/columns/", data, headers=region))
    assert "<html" not in part
    assert "12.500 kWh" in part
    assert "Line 6, Energy (kWh)" in part
    shown = mikko.post(f"/imports/{row.pk}/columns/", data | {"show": "1"})
    assert "12.500 kWh" in text(shown)
    row.refresh_from_db()
    assert row.state == State.UPLOADED


def test_rows_that_cannot_be_made_out_are_told_by_their_lines(office: Office, mikko: Client) -> None:
    lines = ["exported by the old system", "Point;Time;Energy (kWh)", *hours(office)[:3], f"{office.point.gsrn};short"]
    row = give(mikko, office, "\n".join([*lines, f"{office.point.gsrn};28.03.2026 03:00;many"]).encode())
    page = mikko.get(f"/imports/{row.pk}/columns/", chosen(mikko, row, source__header_row="2"))
    assert "Line 6: 2 cells where there are 3 headings" in text(page)
    assert "Line 7, Energy (kWh)" in text(page)
    assert page.context["sample"].lines == (3, 4, 5, 7)


@pytest.mark.parametrize(
    ("layout", "content", "first"),
    [
        ("wide_time", "Time;{gsrn}\n28.03.2026 00:00;1,5\n28.03.2026 01:00;2,5\n28.03.2026 02:00;2,5", "1.5 kWh"),
        ("wide_day", "Point;Date;{hours}\n{gsrn};28.03.2026;{values}", "0.5 kWh"),
    ],
)
def test_settings_of_other_layouts_are_left_out(
    office: Office, mikko: Client, layout: str, content: str, first: str
) -> None:
    clock, values = ";".join(f"{hour:02}:00" for hour in range(24)), ";".join(f"{hour},5" for hour in range(24))
    given = content.format(gsrn=office.point.gsrn, hours=clock, values=values).encode()
    row = give(mikko, office, given)
    changes = {"layout": layout, "columns__value": row.name, "fixed__quantity": "1-0:1.29.0", "fixed__unit": "kWh"}
    data = chosen(mikko, row, **changes) | {"columns.value": ""}
    answer = mikko.post(f"/imports/{row.pk}/columns/", data | {"show": "1"})
    assert answer.status_code == 200, answer.context["form"].errors
    assert first in text(answer).replace("0 kWh", " kWh").replace("00 kWh", " kWh") or first[:-4] in text(answer)


def test_sheets_of_a_workbook_are_offered(office: Office, mikko: Client) -> None:
    octets = io.BytesIO()
    with xlsxwriter.Workbook(octets) as book:
        for name in ("Cover", "Values"):
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(
                [["Point", "Time", "kWh"], *([office.point.gsrn, f"2026-03-28 0{hour}:00", hour] for hour in range(4))]
            ):
                sheet.write_row(number, 0, cells)
    row = give(mikko, office, octets.getvalue(), name="march.xlsx")
    page = mikko.get(f"/imports/{row.pk}/columns/")
    assert [value for value, _ in page.context["form"].fields["source.sheet"].choices] == ["", "Cover", "Values"]
    assert "3 kWh" in text(page)


def test_columns_are_chosen_while_nothing_is_stored(office: Office, mikko: Client) -> None:
    row = give(mikko, office, table(*hours(office)))
    data = chosen(mikko, row)
    mikko.post(f"/imports/{row.pk}/columns/", data)
    assert "cannot be chosen" in text(mikko.get(f"/imports/{row.pk}/columns/", follow=True))
    late = mikko.get(f"/imports/{row.pk}/columns/", data, headers={"HX-Target": "first-values"})
    assert late.status_code == 204
    run_check(row.pk)
    assert "Other columns" in text(mikko.get(row.get_absolute_url()))
    assert mikko.get(f"/imports/{row.pk}/columns/").status_code == 200

    other = office.check("rubbish\n")
    assert "cannot be chosen" in text(mikko.get(f"/imports/{other.pk}/columns/", follow=True))


def test_a_file_that_is_gone_is_said(office: Office, mikko: Client) -> None:
    row = give(mikko, office, table(*hours(office)))
    row.file.path.unlink()
    assert "Upload it again" in text(mikko.get(f"/imports/{row.pk}/columns/", follow=True))


def test_who_may_choose_columns(office: Office, mikko: Client) -> None:
    row = give(mikko, office, table(*hours(office)))
    stranger = signed_in(make.make_user(METERING_OPERATOR, utilities=[make.make_utility("other")]))
    server = signed_in(make.make_user(CUSTOMER_SERVICE, utilities=[office.utility]))
    for verb in ("get", "post"):
        assert getattr(stranger, verb)(f"/imports/{row.pk}/columns/").status_code == 404
        assert getattr(server, verb)(f"/imports/{row.pk}/columns/").status_code == 403


def test_what_a_table_says_is_never_run(office: Office, mikko: Client) -> None:
    row = give(mikko, office, table(f"28.03.2026 00:00;{NASTY};1", heading=f"Time;{NASTY};kWh"))
    assert NASTY not in text(mikko.get(f"/imports/{row.pk}/columns/"))


def test_mappings_are_deleted_from_their_list(office: Office, mikko: Client) -> None:
    row = give(mikko, office, table(*hours(office)))
    mikko.post(f"/imports/{row.pk}/columns/", chosen(mikko, row, save_as="Hourly"))
    saved = ColumnMapping.objects.get()
    asked = f"/imports/mappings/?action=delete&pk={saved.pk}"
    assert "keep a copy of their own" in text(mikko.get(asked))
    assert mikko.post(asked, {"count": "1"}).status_code == 302
    assert not ColumnMapping.objects.exists()
    row.refresh_from_db()
    assert row.layout
    assert AuditRecord.objects.filter(verb="mapping deleted").exists()


def test_the_page_of_columns_costs_the_same_queries(office: Office, mikko: Client) -> None:
    row = give(mikko, office, table(*hours(office)))
    with count_queries() as counted:
        mikko.get(f"/imports/{row.pk}/columns/")
    assert counted.number == 6, "\n".join(counted.statements)
