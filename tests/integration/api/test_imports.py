"""Imports through the API: the same services as the pages, in the words of HTTP."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from access.models import AuditRecord
from access.roles import CUSTOMER_SERVICE, METERING_OPERATOR
from integration.imports import run_check, run_store, run_undo
from integration.models import FileImport
from tests import factories as make
from tests.integration.api.conftest import give, signed
from tests.integration.imports.conftest import Office
from tests.integration.imports.test_readings import quarters
from tests.integration.imports.tiny import document
from tests.queries import count_queries

pytestmark = pytest.mark.django_db
State = FileImport.State


def test_a_file_is_given_checked_confirmed_stored_and_undone(office: Office, program: Client) -> None:
    begun = give(program, "rubbish\n", *quarters(office.point.gsrn, 1500, 250), utility=office.utility.code)
    assert begun.status_code == 202
    place = begun.headers["Location"]
    assert begun.json()["url"] == place
    pk = begun.json()["id"]
    assert (begun.json()["state"], begun.json()["expected"]) == ("checking", None)

    run_check(pk)
    checked = program.get(place).json()
    assert (checked["state"], checked["errors"], checked["percent"]) == ("ready", 1, 100)
    assert checked["expected"] == {"new": 2, "changed": 0, "unchanged": 0, "refused": 1}
    assert checked["stored"] is None
    (problem,) = program.get(f"{place}problems/").json()["results"]
    assert (problem["line"], problem["severity"], problem["reason"], problem["text"]) == (
        2, "error", "not nine cells", "rubbish",
    )  # fmt: skip
    (channel,) = program.get(f"{place}channels/?is_new=true&point={office.point.gsrn}").json()["results"]
    assert (channel["total"], channel["unit"], channel["values"]) == ("1750", "Wh", 2)
    assert channel["metering_point"] == office.point.pk

    assert program.post(f"{place}confirm/").json()["state"] == "storing"
    run_store(pk)
    assert program.get(place).json()["stored"]["new"] == 2
    assert program.post(f"{place}undo/").json()["state"] == "undoing"
    run_undo(pk)
    assert program.get(place).json()["taken_back"]["changed"] == 2
    assert set(AuditRecord.objects.values_list("verb", flat=True)) >= {
        "file given", "import confirmed", "import undone",
    }  # fmt: skip


def test_without_errors_it_is_stored_at_once_where_that_is_wanted(office: Office, program: Client) -> None:
    good = give(program, *quarters(office.point.gsrn, 1), confirm="auto").json()
    bad = give(program, "rubbish\n", *quarters(office.point.gsrn, 2), confirm="auto").json()
    for row in (good, bad):
        run_check(row["id"])
    assert program.get(good["url"]).json()["state"] == "storing"
    assert program.get(bad["url"]).json()["state"] == "ready"


def test_who_may_not_store_has_nothing_stored_at_once(office: Office) -> None:
    user = make.make_user(utilities=[office.utility])
    user.user_permissions.add(Permission.objects.get(codename="add_fileimport"))
    answer = give(signed(user), *quarters(office.point.gsrn, 1), confirm="auto")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["confirm"])
    assert give(signed(user), *quarters(office.point.gsrn, 1)).status_code == 202


def test_the_same_file_is_imported_again_only_when_that_is_said(office: Office, program: Client) -> None:
    lines = quarters(office.point.gsrn, 1, 2)
    before = office.store(*lines)
    refused = give(program, *lines)
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:openaim:problem:imported-before"
    assert f"import {before.pk}" in refused.json()["detail"]
    assert give(program, *lines, again="true").status_code == 202
    assert (
        program.get(f"/api/v1/imports/?sha256={before.file.digest}&kind=tiny").json()["results"][-1]["id"] == before.pk
    )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"utility": "other"}, "utility"),
        ({"utility": "nowhere"}, "utility"),
        ({"format": "edifact"}, "format"),
        ({"mapping": "unknown"}, "mapping"),
        ({"confirm": "maybe"}, "confirm"),
        ({"name": "x.bin", "lines": ()}, ""),
    ],
)
def test_what_is_wrong_with_an_order_is_named_by_its_field(
    office: Office, program: Client, fields: dict[str, str], field: str
) -> None:
    make.make_utility("other")
    if not field:
        file = SimpleUploadedFile("x.bin", b"\x00\x01nobody knows")
        answer, field = program.post("/api/v1/imports/", {"file": file}), "format"
    else:
        answer = give(program, *quarters(office.point.gsrn, 1), **fields)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not FileImport.objects.exists()


def test_of_several_utilities_one_must_be_named(office: Office) -> None:
    user = make.make_user(METERING_OPERATOR, utilities=[office.utility, make.make_utility("second")])
    answer = give(signed(user), *quarters(office.point.gsrn, 1))
    assert answer.json()["errors"] == {"utility": ["Say for which utility, by its code."]}
    named = give(signed(user), *quarters(office.point.gsrn, 1), utility="second")
    assert named.json()["utility"] == "second"


def test_too_much_is_refused_before_it_is_read(office: Office, program: Client, settings: Settings) -> None:
    settings.UPLOAD_BYTES = 10
    late = give(program, *quarters(office.point.gsrn, 1, 2))
    settings.UPLOAD_BYTES = -2_000_000
    early = give(program, *quarters(office.point.gsrn, 1, 2))
    for answer in (late, early):
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:openaim:problem:too-large")
    assert not FileImport.objects.exists()


@pytest.mark.parametrize("act", ["confirm", "resume", "undo"])
def test_an_act_its_state_does_not_allow_is_a_conflict(office: Office, program: Client, act: str) -> None:
    row = office.begin(*quarters(office.point.gsrn, 1))
    answer = program.post(f"/api/v1/imports/{row.pk}/{act}/")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:openaim:problem:wrong-state")
    assert program.post(f"/api/v1/imports/{row.pk}/cancel/").json()["state"] == "cancelled"


@pytest.mark.parametrize("act", ["confirm", "cancel", "resume", "undo", "problems", "channels", ""])
def test_who_may_and_who_does_not_even_see_it(office: Office, act: str) -> None:
    row = office.check(*quarters(office.point.gsrn, 1))
    url = f"/api/v1/imports/{row.pk}/{act}/".replace("//", "/")
    verb = "get" if act in ("problems", "channels", "") else "post"
    stranger = signed(make.make_user(METERING_OPERATOR, utilities=[make.make_utility("other")]))
    server = signed(make.make_user(CUSTOMER_SERVICE, utilities=[office.utility]))
    expected = {stranger: 404, server: 403, Client(): 401}
    for client, status in expected.items():
        assert getattr(client, verb)(url).status_code == status
    row.refresh_from_db()
    assert row.state == State.READY


def test_a_list_of_any_length_costs_the_same_queries(office: Office, program: Client) -> None:
    counts = []
    for length in (1, 6):
        for number in range(length):
            office.check(*quarters(office.point.gsrn, number), *quarters(f"unknown {number}", 1))
        row = FileImport.objects.first()
        assert row is not None
        for url in ("/api/v1/imports/", f"/api/v1/imports/{row.pk}/problems/", f"/api/v1/imports/{row.pk}/channels/"):
            program.get(url)
            with count_queries() as counted:
                assert program.get(url).status_code == 200
            counts.append(counted.number)
    assert counts[:3] == counts[3:] == [4, 5, 5]


def test_a_body_that_is_no_form_is_refused(office: Office, program: Client) -> None:
    answer = program.post("/api/v1/imports/", document(), content_type="application/octet-stream")
    assert answer.status_code == 415
