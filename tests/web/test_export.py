"""The CSV carries what the list shows and nothing a spreadsheet would run."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from access.models import User
from aim.web.export import plain, safe
from aim.web.tones import State

HELSINKI = ZoneInfo("Europe/Helsinki")


def rows(client: Client, query: str) -> list[list[str]]:
    response = client.get(f"/users/{query}")
    assert response.streaming and response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="users-')
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_same_rows_columns_and_order_as_the_list(signed_in: Client, operator: User) -> None:
    User.objects.bulk_create(User(username=f"user-{i:03}", email=f"{i}@example.org") for i in range(120))
    lines = rows(signed_in, "?format=csv&q=user-&sort=-username&columns=email&size=25")
    assert lines[0] == ["User name", "E-mail"]
    assert len(lines) == 121 and lines[1] == ["user-119", "119@example.org"] and lines[-1][0] == "user-000"


def test_states_and_formulas(signed_in: Client, operator: User) -> None:
    User.objects.create(username="zz", first_name="=HYPERLINK(1)", is_active=False)
    lines = rows(signed_in, "?format=csv&q=zz")
    assert lines[1] == ["zz", "'=HYPERLINK(1)", "Inactive", ""]


def test_a_bad_filter_exports_no_rows(signed_in: Client, operator: User) -> None:
    assert len(rows(signed_in, "?format=csv&joined_after=x")) == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_formula_starts_are_defused(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "LGZ10004711", "a=b", "Ä"])
def test_plain_text_stays(text: str) -> None:
    assert safe(text) == text


def test_values_by_kind() -> None:
    moment = datetime(2026, 7, 1, 21, 15, 30, tzinfo=UTC)
    assert plain(-5, HELSINKI) == -5
    assert plain(Decimal("-0.10"), HELSINKI) == Decimal("-0.10")
    assert plain(True, HELSINKI) == "yes"
    assert plain(None, HELSINKI) == ""
    assert plain(moment, HELSINKI) == "2026-07-02T00:15:30+03:00"
    assert plain(State("Removed"), HELSINKI) == "Removed"
