"""A file with values of a month that went to the archive: said before anything is stored, the rest stored."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from integration.models import FileImport
from metering.models import ArchivedMonth
from tests.integration.imports.conftest import Office
from tests.integration.imports.tiny import line

LAST = int(datetime(2021, 3, 31, 23, 30, tzinfo=UTC).timestamp())


@pytest.mark.django_db
def test_values_of_an_archived_month_are_named_in_the_preview_and_left_out(office: Office) -> None:
    ArchivedMonth.objects.create(kind="interval", month="2021-03-01", state="archived", since="2024-04-01T00:00Z")
    lines = [line(office.point.gsrn, LAST + 900 * slot, value) for slot, value in enumerate((1, 2, 3, 4))]
    row = office.check(*lines)
    problem = row.problems.get()
    assert (problem.line, problem.values) == (2, 2)
    assert problem.reason == "2021-03-31 UTC: the month is archived: run manage.py store unarchive 2021-03"
    assert row.expected == {"new": 2, "changed": 0, "unchanged": 0, "refused": 2}

    row = office.store(*lines)
    assert (row.state, row.stored) == (FileImport.State.DONE, row.expected)
    (problem,) = row.problems.all()
    assert (row.errors, problem.found) == (1, "store")
    ArchivedMonth.objects.all().delete()
    again = office.store(*lines)
    assert again.stored == {"new": 2, "changed": 0, "unchanged": 2, "refused": 0}
