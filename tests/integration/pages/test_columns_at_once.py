"""Two people save columns under the same name at the same moment."""

from __future__ import annotations

import pytest
from django.db import transaction

from integration.models import ColumnMapping, FileImport
from integration.services.columns import use_columns
from integration.services.files import keep
from integration.services.uploads import Order, begin_import
from tests.beside import Stop, beside, until_it_waits
from tests.integration.imports.conftest import Office

pytestmark = pytest.mark.django_db(transaction=True)


def _tables(office: Office, count: int) -> list[FileImport]:
    """Imports of tables that wait for their columns."""
    contents = (keep([f"A;B;{n}\n1;2;3\n".encode()]) for n in range(count))
    orders = [(file, Order(name="march.csv")) for file in contents]
    return [begin_import(utility=office.utility, file=file, order=order, user=office.user) for file, order in orders]


def _save(office: Office, row: FileImport, zone: str, name: str) -> None:
    use_columns(row=row, layout={"zone": zone}, save_as=name, user=office.user)


def _save_and_wait(office: Office, row: FileImport, stop: Stop) -> None:
    with transaction.atomic():
        _save(office, row, "UTC", "Hourly")
        stop.wait()


@pytest.mark.parametrize("there", [False, True])
def test_the_later_one_is_kept(office: Office, there: bool) -> None:
    rows = _tables(office, 3)
    if there:
        _save(office, rows[2], "Europe/Oslo", "Hourly")
    stop = Stop()
    with beside(lambda: _save_and_wait(office, rows[0], stop)) as earlier:
        stop.until_reached()
        with beside(lambda: _save(office, rows[1], "Europe/Helsinki", "hourly")) as later:
            until_it_waits(later)
            stop.let_go()
            earlier.result()
            later.result()
    mapping = ColumnMapping.objects.get()
    assert (mapping.name, mapping.layout) == ("Hourly", {"zone": "Europe/Helsinki"})
    assert {FileImport.objects.get(pk=row.pk).mapping for row in rows[:2]} == {mapping}


def test_names_that_differ_only_in_an_odd_capital_are_one(office: Office) -> None:
    """The sign of kelvin is a capital of k that only lower case takes for one."""
    one, other = _tables(office, 2)
    _save(office, one, "UTC", "\u212a")
    _save(office, other, "Europe/Helsinki", "K")
    assert ColumnMapping.objects.get().layout == {"zone": "Europe/Helsinki"}
