"""Examples work: Python is run, SQL is planned by the database, JSON is read."""

import json

import pytest
from django.db import connection

from access.models import AuditRecord, Segment, User
from devices.keystore import active_keys, open_keys
from devices.models import Device
from metering.models import MeteringPoint, Series
from tests import factories
from tests.docs.pages import Document, documents

DOCUMENTS = {str(document): document for document in documents()}


def run(name: str) -> None:
    """Run the Python blocks of a document one after the other, as somebody would who follows it."""
    names: dict[str, object] = {}
    for block in DOCUMENTS[name].blocks("python"):
        exec(block, names)


@pytest.mark.django_db
def test_a_device_is_added_as_described() -> None:
    factories.make_utility("my-utility")
    factories.make_device_model()
    run("docs/how-to/add-a-device.md")
    device = Device.objects.get(serial_number="XYZ12345678")
    assert set(open_keys(active_keys([device.pk])[device.pk])) == {"encryption", "authentication"}
    assert device.state == Device.State.INSTALLED
    assert Series.objects.filter(source=device.serial_number, kind="stand").count() == 2
    for row in (device, device.model, MeteringPoint.objects.get()):
        row.full_clean()


@pytest.mark.django_db
def test_access_is_given_as_described() -> None:
    segment = factories.make_segment(factories.make_utility(), "north")
    factories.make_user("Customer service")
    run("docs/how-to/give-access.md")
    liisa = User.objects.get(username="liisa")
    assert list(Segment.objects.visible_to(liisa)) == [segment]
    assert set(AuditRecord.objects.values_list("verb", flat=True)) >= {"role given", "segment opened"}


def test_the_protocols_are_used_as_described(capsys: pytest.CaptureFixture[str]) -> None:
    """A meter and its clients: logical names over TCP, short names over HDLC, suite 1, a push, and its explanation."""
    run("protocols/README.md")
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "2026-03-29 12:30:00+03:00: 1003515 Wh"
    assert printed[1].endswith("[1000148 1000185 1000222 1000259 1000296]")
    assert printed[2] == f"1003515 {0x7D08 + 8}"
    assert printed[3] == r"b'LGZ\x00\x00\x00\x00\x01' 1003515"
    assert printed[-1].endswith("double-long-unsigned: 1003515")


@pytest.mark.django_db
@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=str)
def test_queries_are_valid(document: Document) -> None:
    with connection.cursor() as cursor:
        for query in document.blocks("sql"):
            cursor.execute(f"EXPLAIN {query}")
            assert cursor.fetchall()


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=str)
def test_json_is_well_formed(document: Document) -> None:
    for block in document.blocks("json"):
        json.loads(block)
