"""The pages of imports: giving a file, looking at it, storing it, taking it back."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access.models import AuditRecord
from access.roles import API_CLIENT, CUSTOMER_SERVICE, METERING_OPERATOR
from integration.imports import run_check, run_store, run_undo
from integration.models import FileImport
from integration.services.steering import cancel_import, confirm_import
from tests import factories as make
from tests.integration.imports.conftest import Office
from tests.integration.imports.test_readings import quarters
from tests.integration.imports.tiny import document
from tests.queries import count_queries
from tests.scene import NASTY, signed_in, text

State = FileImport.State
pytestmark = pytest.mark.django_db


def given(office: Office, *lines: str, name: str = "march.tiny", **fields: Any) -> dict[str, Any]:
    """What the upload form sends."""
    file = SimpleUploadedFile(name, document(*(lines or quarters(office.point.gsrn, 1, 2, 3))))
    return {"file": file, "utility": office.utility.pk, **fields}


def test_a_file_given_on_the_page_is_checked_shown_stored_and_undone(office: Office, mikko: Client) -> None:
    answer = mikko.post("/imports/new/", given(office, "rubbish\n", *quarters(office.point.gsrn, 1, 2, 3)), follow=True)
    row = FileImport.objects.get()
    assert answer.redirect_chain == [(row.get_absolute_url(), 302)]
    assert "Being checked" in text(answer)

    run_check(row.pk)
    preview = text(mikko.get(row.get_absolute_url()))
    assert "Nothing is stored yet" in preview
    assert "not nine cells" in preview
    assert "If you store it: 3 values" in preview
    assert "tiny 1" in preview

    assert "is being stored" in text(mikko.post(f"/imports/{row.pk}/confirm/", follow=True))
    run_store(row.pk)
    assert "Stored: 3 values" in text(mikko.get(row.get_absolute_url()))

    assert "Type &quot;undo&quot; to confirm" in text(mikko.post(f"/imports/{row.pk}/undo/", {"typed": "yes"}))
    assert "is being taken back" in text(mikko.post(f"/imports/{row.pk}/undo/", {"typed": "undo"}, follow=True))
    run_undo(row.pk)
    assert "Undone: 3 values" in text(mikko.get(row.get_absolute_url()))


def test_who_may_not_store_has_nothing_stored_at_once(office: Office) -> None:
    user = make.make_user(utilities=[office.utility])
    user.user_permissions.add(Permission.objects.get(codename="add_fileimport"))
    answer = signed_in(user).post("/imports/new/", given(office, at_once="on"))
    assert answer.status_code == 400
    assert "You may not store imports" in text(answer)
    assert not FileImport.objects.exists()


def test_the_format_is_recognised_or_asked_for_without_a_second_upload(office: Office, mikko: Client) -> None:
    strange = SimpleUploadedFile("x.bin", b"\x00\x01nobody knows")
    answer = mikko.post("/imports/new/", {"file": strange, "utility": office.utility.pk})
    assert answer.status_code == 400
    assert "No format takes this file for its own" in text(answer)

    kept = answer.context["form"]["kept"].value()
    mikko.post("/imports/new/", {"kept": kept, "utility": office.utility.pk, "format": "tiny"})
    assert FileImport.objects.get().name == "x.bin"


def test_the_same_file_is_asked_about_before_it_is_imported_again(office: Office, mikko: Client) -> None:
    lines = quarters(office.point.gsrn, 1, 2, 3)
    office.store(*lines)
    question = mikko.post("/imports/new/", given(office, *lines))
    assert "This very file was imported on" in text(question)
    assert "by mikko" in text(question)
    assert FileImport.objects.count() == 1

    kept = question.context["form"]["kept"].value()
    mikko.post("/imports/new/", {"kept": kept, "utility": office.utility.pk, "again": "1"})
    assert FileImport.objects.count() == 2


def test_a_kept_file_is_the_persons_own(office: Office, mikko: Client) -> None:
    strange = SimpleUploadedFile("x.bin", b"\x00\x01nobody knows")
    kept = mikko.post("/imports/new/", {"file": strange, "utility": office.utility.pk}).context["form"]["kept"].value()
    other = signed_in(make.make_user(METERING_OPERATOR, utilities=[office.utility]))
    answer = other.post("/imports/new/", {"kept": kept, "utility": office.utility.pk, "format": "tiny"})
    assert answer.status_code == 400
    forged = mikko.post("/imports/new/", {"kept": kept + "x", "utility": office.utility.pk, "format": "tiny"})
    assert forged.status_code == 400
    assert not FileImport.objects.exists()


def test_nothing_and_too_much_are_refused(office: Office, mikko: Client, settings: Settings) -> None:
    assert "Choose a file" in text(mikko.post("/imports/new/", {"utility": office.utility.pk}))
    empty = SimpleUploadedFile("empty.tiny", b"")
    assert mikko.post("/imports/new/", {"file": empty, "utility": office.utility.pk}).status_code == 400
    settings.UPLOAD_BYTES = 10
    answer = mikko.post("/imports/new/", given(office))
    assert answer.status_code == 413
    settings.UPLOAD_BYTES = -2_000_000
    answer = mikko.post("/imports/new/", given(office))
    assert answer.status_code == 413
    assert not FileImport.objects.exists()


def test_uploads_need_the_token_of_the_form(office: Office) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(office.user)
    assert client.post("/imports/new/", given(office)).status_code == 403
    assert not FileImport.objects.exists()


def test_a_file_goes_only_to_a_utility_of_the_user(office: Office, mikko: Client) -> None:
    other = make.make_utility("other")
    answer = mikko.post("/imports/new/", given(office) | {"utility": other.pk})
    assert answer.status_code == 400
    assert not FileImport.objects.exists()


def test_lists_filter_and_export(office: Office, mikko: Client) -> None:
    office.store(*quarters(office.point.gsrn, 1))
    office.check("rubbish\n")
    assert "readings.tiny" in text(mikko.get("/imports/?state=done"))
    assert "Nothing matches" in text(mikko.get("/imports/?state=failed"))
    assert "Nothing matches" in text(mikko.get("/imports/?who=pekka"))
    assert "readings.tiny" in text(mikko.get("/imports/?who=mikk&q=reading&kind=tiny"))
    assert len(list(csv.reader(text(mikko.get("/imports/?format=csv")).splitlines()))) == 3


def test_five_empty_states(office: Office, mikko: Client) -> None:
    assert "No file was imported yet" in text(mikko.get("/imports/"))
    row = office.begin(*quarters(office.point.gsrn, 1))
    assert "will stand here" in text(mikko.get(row.get_absolute_url()))
    assert "will stand here" in text(mikko.get(f"/imports/{row.pk}/channels/"))
    run_check(row.pk)
    assert "Nothing is wrong with this file" in text(mikko.get(row.get_absolute_url()))
    assert "Nothing matches" in text(mikko.get(f"{row.get_absolute_url()}?q=nothing"))
    assert mikko.get(f"/imports/{row.pk}/channels/?q={office.point.gsrn}").status_code == 200


def test_what_is_in_the_file_is_listed_by_channel(office: Office, mikko: Client) -> None:
    row = office.check(*quarters(office.point.gsrn, 1500, 250), *quarters("unknown", 1))
    page = text(mikko.get(f"/imports/{row.pk}/channels/"))
    assert "1.75 kWh" in page
    assert "New series" in page
    assert "no metering point open to you has this number" in page
    assert "The first 2 values, 0.250 to 1.500 kWh" in page
    only = text(mikko.get(f"/imports/{row.pk}/channels/?which=refused"))
    assert "1.75 kWh" not in only
    assert "unknown" in only


def test_a_channel_that_is_stored_leads_to_its_values(office: Office, mikko: Client) -> None:
    row = office.store(*quarters(office.point.gsrn, 1500, 250))
    link = f"/values/?series={office.series.pk}&amp;period=month&amp;date="
    assert link in text(mikko.get(f"/imports/{row.pk}/channels/"))
    assert mikko.get(f"/values/?series={office.series.pk}&period=month&date=2026-03-01").status_code == 200


def test_all_problems_as_a_file_which_is_recorded(office: Office, mikko: Client) -> None:
    row = office.check(*(f"={n}\n" for n in range(70)))
    lines = list(csv.reader(text(mikko.get(f"/imports/{row.pk}/?format=csv")).lstrip("\ufeff").splitlines()))
    assert len(lines) == 71
    assert lines[1][:4] == ["2", "", "Error", "not nine cells"]
    assert lines[1][4] == "'=0"
    assert AuditRecord.objects.filter(verb="downloaded", object_id=str(row.pk)).exists()


def test_what_is_in_a_file_as_a_file_which_is_recorded(office: Office, mikko: Client) -> None:
    row = office.check(*quarters(office.point.gsrn, 1500, 250))
    lines = list(csv.reader(text(mikko.get(f"/imports/{row.pk}/channels/?format=csv")).lstrip("\ufeff").splitlines()))
    assert [line[0] for line in lines[1:]] == [office.point.gsrn]
    assert AuditRecord.objects.get(verb="downloaded", object_id=str(row.pk)).summary.startswith("values of the import")


def test_lines_not_taken_come_with_their_reasons(office: Office, mikko: Client) -> None:
    good = quarters(office.point.gsrn, 1, 2)
    row = office.check(good[0], "rubbish\n", good[1], quarters("6407", 5)[0])
    lines = list(csv.reader(text(mikko.get(f"/imports/{row.pk}/not-taken/")).lstrip("\ufeff").splitlines()))
    assert [(line[0], line[2].split(";")[0]) for line in lines[1:]] == [("3", "rubbish"), ("5", "6407")]
    row.file.path.unlink()
    assert "no longer kept" in text(mikko.get(f"/imports/{row.pk}/not-taken/", follow=True))


def test_the_head_asks_for_itself_and_for_the_page_when_the_state_changed(office: Office, mikko: Client) -> None:
    row = office.begin(*quarters(office.point.gsrn, 1))
    fragment = {"HX-Request": "true"}
    same = mikko.get(f"/imports/{row.pk}/head/?seen=checking", headers=fragment)
    assert "hx-get" in text(same)
    run_check(row.pk)
    changed = mikko.get(f"/imports/{row.pk}/head/?seen=checking", headers=fragment)
    assert (changed.status_code, changed.headers["HX-Refresh"]) == (204, "true")
    ended = mikko.get(f"/imports/{row.pk}/head/?seen=ready", headers=fragment)
    assert "hx-get" not in text(ended)
    assert mikko.get(f"/imports/{row.pk}/head/").headers["Location"] == row.get_absolute_url()


def test_a_state_that_changed_meanwhile_is_said(office: Office, mikko: Client) -> None:
    row = office.check(*quarters(office.point.gsrn, 1))
    cancel_import(row=row, user=office.user)
    assert "Only an import that was checked" in text(mikko.post(f"/imports/{row.pk}/confirm/", follow=True))
    assert "cannot be done" in text(mikko.post(f"/imports/{row.pk}/cancel/", follow=True))
    assert "Only an import that failed" in text(mikko.post(f"/imports/{row.pk}/resume/", follow=True))
    assert "nothing that could be taken back" in text(
        mikko.post(f"/imports/{row.pk}/undo/", {"typed": "undo"}, follow=True)
    )


def test_a_failed_import_says_why_and_can_be_resumed(office: Office, mikko: Client) -> None:
    row = office.begin(*quarters(office.point.gsrn, 1))
    place = row.file.path
    content = place.read_bytes()
    place.unlink()
    run_check(row.pk)
    page = text(mikko.get(row.get_absolute_url()))
    assert "Upload it again" in page
    assert "Not read to the end" in page
    place.write_bytes(content)
    mikko.post(f"/imports/{row.pk}/resume/")
    run_check(row.pk)
    row.refresh_from_db()
    assert row.state == State.READY


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("", "get"), ("channels/", "get"), ("head/", "get"), ("not-taken/", "get"), ("undo/", "get"),
        ("confirm/", "post"), ("cancel/", "post"), ("resume/", "post"), ("undo/", "post"),
    ],
)  # fmt: skip
def test_imports_of_others_do_not_exist_and_roles_without_them_may_not(office: Office, path: str, method: str) -> None:
    row = office.check(*quarters(office.point.gsrn, 1))
    stranger = signed_in(make.make_user(METERING_OPERATOR, utilities=[make.make_utility("other")]))
    assert getattr(stranger, method)(f"/imports/{row.pk}/{path}").status_code == 404
    server = signed_in(make.make_user(CUSTOMER_SERVICE, utilities=[office.utility]))
    assert getattr(server, method)(f"/imports/{row.pk}/{path}").status_code == 403
    north = signed_in(make.make_user(API_CLIENT, segments=[make.make_segment(office.utility)]))
    assert getattr(north, method)(f"/imports/{row.pk}/{path}").status_code == 404
    assert getattr(Client(), method)(f"/imports/{row.pk}/{path}").status_code == 302


def test_who_may_not_undo_sees_no_button_for_it(office: Office) -> None:
    row = office.store(*quarters(office.point.gsrn, 1))
    user = make.make_user(utilities=[office.utility])
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_fileimport", "view_importproblem"]))
    assert "/undo/" not in text(signed_in(user).get(row.get_absolute_url()))


def test_what_a_file_says_is_never_run(office: Office, mikko: Client) -> None:
    row = office.check(NASTY + "\n", *quarters(NASTY, 1))
    for path in ("", "channels/"):
        assert NASTY not in text(mikko.get(f"/imports/{row.pk}/{path}"))


@pytest.mark.parametrize(("path", "queries"), [("", 9), ("channels/", 9)])
def test_an_import_of_any_size_costs_the_same_queries(office: Office, mikko: Client, path: str, queries: int) -> None:
    points = [make.make_metering_point(office.utility) for _ in range(5)]
    few = office.check(*quarters(office.point.gsrn, 1), "rubbish\n")
    many = office.check(*(line for point in points for line in quarters(point.gsrn, 1, 2)), *["rubbish\n"] * 20)
    for row in (few, many):
        with count_queries() as counted:
            mikko.get(f"/imports/{row.pk}/{path}")
        assert counted.number == queries, "\n".join(counted.statements)


def test_the_list_of_imports_costs_the_same_queries(office: Office, mikko: Client) -> None:
    for number in range(4):
        office.check(*quarters(office.point.gsrn, number))
    with count_queries() as counted:
        mikko.get("/imports/")
    assert counted.number == 7, "\n".join(counted.statements)


def test_an_import_under_way_shows_how_far_it_is(office: Office, mikko: Client) -> None:
    row = office.check(*quarters(office.point.gsrn, 1))
    confirm_import(row=row, user=office.user)
    FileImport.objects.filter(pk=row.pk).update(position=row.file.octets // 2, lease_until=timezone.now())
    page = text(mikko.get(row.get_absolute_url()))
    assert "50 % done" in page or "49 % done" in page
    assert "Storing, part by part" in page


def test_numbers_of_others_are_kept_in_the_admin(office: Office) -> None:
    admin = signed_in(make.make_administrator())
    url = "/admin/integration/externalid/add/"
    fields = {"scheme": "nmi", "value": "6102000001", "metering_point": office.point.pk}
    wrong = admin.post(url, fields | {"utility": make.make_utility("other").pk})
    assert "This metering point belongs to" in text(wrong)
    admin.post(url, fields | {"utility": office.utility.pk})
    row = office.check(*quarters("6102000001", 1, 2))
    assert row.expected["new"] == 2
    assert row.channels.get().metering_point == office.point


def test_a_file_with_nothing_to_store_says_so_and_is_not_stored(office: Office, mikko: Client) -> None:
    row = office.check("rubbish\n")
    for address in ("/imports/", row.get_absolute_url()):
        page = text(mikko.get(address))
        assert "Nothing to store" in page
        assert "/confirm/" not in page
    assert "nothing in this file that could be stored" in text(mikko.post(f"/imports/{row.pk}/confirm/", follow=True))
    row.refresh_from_db()
    assert row.state == State.READY

    empty = text(mikko.get(office.check().get_absolute_url()))
    assert "Nothing to store" in empty
    assert "What is wrong stands below" not in empty


def test_what_a_file_says_of_itself_is_told_in_words(office: Office, mikko: Client) -> None:
    row = office.check(*quarters(office.point.gsrn, 1))
    clock = {"tz_offset": "7200", "dst_offset": "3600", "dst_start": "3E0E3000", "dst_end": "AE0E4000"}
    FileImport.objects.filter(pk=row.pk).update(header={"title": "Hand-made", **clock, "created": "202603011200"})
    page = text(mikko.get(row.get_absolute_url()))
    for words in ("UTC+02:00", "60 minutes ahead", "last Sunday in March, 03:00", "last Sunday in October, 04:00"):
        assert words in page
    assert "Hand-made" in page
    assert "2026-03-01 04:00 EET" in page

    still = {"tz_offset": "-12600", "dst_offset": "0", "dst_start": "FFFFFFFF", "dst_end": "FFFFFFFF"}
    FileImport.objects.filter(pk=row.pk).update(header=still | {"created": "soon"})
    page = text(mikko.get(row.get_absolute_url()))
    assert "UTC-03:30" in page
    assert "soon" in page
    assert "Summer time" not in page
    assert "FFFFFFFF" not in page


def test_of_many_headings_the_first_are_told(office: Office, mikko: Client) -> None:
    row = office.check(*quarters(office.point.gsrn, 1))
    headings = ["Point", "Date", *(f"{hour:02}:00" for hour in range(24))]
    FileImport.objects.filter(pk=row.pk).update(header={"headings": " · ".join(headings)})
    page = text(mikko.get(row.get_absolute_url()))
    assert "05:00 · and more" in page
    assert "06:00" not in page


def test_a_file_that_brings_nothing_new_says_so(office: Office, mikko: Client) -> None:
    lines = quarters(office.point.gsrn, 7)
    office.store(*lines)
    page = text(mikko.get(office.check(*lines).get_absolute_url()))
    assert "storing it would change nothing" in page
    assert "If you store it: 1 value<" in page
    assert "Ready to store" in page


def test_a_cancelled_import_tells_what_it_would_have_stored(office: Office, mikko: Client) -> None:
    row = office.check(*quarters(office.point.gsrn, 1, 2))
    mikko.post(f"/imports/{row.pk}/cancel/")
    page = text(mikko.get(row.get_absolute_url()))
    assert "It would have stored: 2 values" in page
    assert "If you store it" not in page
