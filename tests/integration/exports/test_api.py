"""Exports through the API and on the command line: the same services as the pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from access.models import AuditRecord
from access.roles import CUSTOMER_SERVICE, METERING_OPERATOR
from integration.exports.running import run_export
from integration.models import FileExport, StoredFile
from metering.models import Series
from tests import factories as make
from tests.integration.api.conftest import signed
from tests.integration.exports.conftest import House

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 10, 24, 21, tzinfo=UTC)
"""Midnight in Helsinki before the day of 25 hours."""


@pytest.fixture
def series(house: House) -> Series:
    row = make.make_series(make.make_metering_point(house.utility), interval_s=3600)
    make.make_values(row, DAY - timedelta(hours=1), list(range(30)))
    return row


@pytest.fixture
def program(house: House) -> Client:
    return signed(house.user)


def ask(client: Client, **body: object) -> Any:
    wanted = {"format": "csv", "start": "2026-10-25", "end": "2026-10-26", **body}
    return client.post("/api/v1/exports/", wanted, content_type="application/json")


def test_asked_for_written_and_taken_home(house: House, program: Client, series: Series) -> None:
    begun = ask(program, series=[series.pk], unit="Wh", times="UTC")
    assert begun.status_code == 202
    body = begun.json()
    assert begun.headers["Location"] == body["url"]
    assert (body["state"], body["sha256"], body["starts_at"]) == ("waiting", None, "2026-10-24T21:00:00Z")
    assert program.get(f"{body['url']}file/").status_code == 409
    run_export(body["id"])
    done = program.get(body["url"]).json()
    assert (done["state"], done["values"], done["percent"]) == ("done", 25, 100)
    file = program.get(f"{body['url']}file/")
    lines = file.getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 26
    assert ",2026-10-24T21:00:00Z,1,Wh,measured" in lines[1]
    (row,) = program.get(f"{body['url']}series/").json()["results"]
    assert row == {
        "number": 1, "series": series.pk, "values": 25, "left_out": 0, "refused": False, "reason": "",
    }  # fmt: skip
    assert AuditRecord.objects.filter(verb="downloaded").count() == 1
    assert StoredFile.objects.get().digest == done["sha256"]


def test_series_are_named_or_described(house: House, program: Client, series: Series) -> None:
    other = make.make_series(series.metering_point, "1-0:2.29.0", interval_s=3600)
    found = ask(program, matching={"utility": house.utility.code, "kind": "consumption"}).json()
    assert found["series_count"] == 2
    one = ask(program, matching={"obis": "1-0:2.29.0"}).json()
    assert FileExport.objects.get(pk=one["id"]).series.get().series == other


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "series"),
        ({"series": [1], "matching": {}}, "series"),
        ({"series": []}, "series"),
        ({"series": [999_999]}, "series"),
        ({"matching": {"colour": "red"}}, "matching"),
        ({"matching": {"kind": "opinion"}}, "matching"),
        ({"matching": {"obis": "1-0:99.29.0"}}, "series"),
        ({"format": "runes", "matching": {}}, "format"),
        ({"matching": {}, "end": "2026-10-25"}, "end"),
        ({"matching": {}, "start": "1999-01-01"}, "end"),
        ({"matching": {}, "unit": "therm"}, "unit"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(
    program: Client, series: Series, body: dict[str, object], field: str
) -> None:
    answer = ask(program, **body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field], answer.json()
    assert not FileExport.objects.exists()


def test_cancelled_and_tried_again(house: House, program: Client, series: Series) -> None:
    url = ask(program, series=[series.pk]).json()["url"]
    assert program.post(f"{url}retry/").status_code == 409
    assert program.post(f"{url}cancel/").json()["state"] == "cancelled"
    assert program.post(f"{url}cancel/").status_code == 409
    FileExport.objects.update(state="failed", cause="The disk is full.")
    assert program.get(url).json()["cause"] == "The disk is full."
    assert program.post(f"{url}retry/").json()["state"] == "waiting"


def test_others_neither_see_nor_take_it(house: House, program: Client, series: Series) -> None:
    url = ask(program, series=[series.pk]).json()["url"]
    stranger = signed(make.make_user(METERING_OPERATOR, utilities=[make.make_utility("other")]))
    service = signed(make.make_user(CUSTOMER_SERVICE, utilities=[house.utility]))
    for path in ("", "file/", "series/"):
        assert stranger.get(url + path).status_code == 404
        assert service.get(url + path).status_code == 403
    assert stranger.get("/api/v1/exports/").json()["results"] == []
    assert ask(service, series=[series.pk]).status_code == 403
    assert ask(stranger, series=[series.pk]).status_code == 400


def test_on_the_command_line(house: House, series: Series, tmp_path: Path) -> None:
    target, words = tmp_path / "out.csv", StringIO()
    days = {"start": "2026-10-25", "end": "2026-10-25", "format": "csv"}
    call_command("export", str(target), series=[series.pk], stdout=words, **days)
    assert words.getvalue() == f"{target}: 25 values of 1 series\n"
    assert len(target.read_text().splitlines()) == 26
    with pytest.raises(CommandError, match="exists"):
        call_command("export", str(target), series=[series.pk], **days)
    call_command("export", str(tmp_path / "nem"), series=[series.pk], stdout=words, **(days | {"format": "nem12"}))
    assert f"not in the file: metering point {series.metering_point.gsrn} has no NMI" in words.getvalue()
    with pytest.raises(CommandError, match="do not exist"):
        call_command("export", str(tmp_path / "none"), series=[0], **days)
    with pytest.raises(CommandError, match="is not a time"):
        call_command("export", str(tmp_path / "none"), series=[series.pk], **(days | {"end": "soon"}))
