"""Selective access to object lists: what each selector gives, on the wire and typed, and what means nothing."""

import pytest

from protocols.dlms.classes.client import object_entries, read_object_list
from protocols.dlms.classes.rights import Access, AttributeMode, ObjectEntry
from protocols.dlms.data import Encoded, decode
from protocols.dlms.encoding import NULL, array, long_unsigned, octet_string, unsigned
from protocols.dlms.exchange import get
from protocols.dlms.obis import Obis
from protocols.dlms.object_selection import (
    OBJECT_LIST,
    AllObjects,
    ObjectSelection,
    ObjectsOfClasses,
    TheseObjects,
    ThisObject,
    object_selection,
)
from protocols.dlms.selection import RawSelection
from protocols.dlms.server import data_object, register_object
from protocols.dlms.tags import DataAccessResult
from protocols.dlms.units import ScalerUnit
from protocols.errors import Cause, RemoteProtocolError
from tests.protocols.classes.meters import Line, device_of, with_keys

TEXT, ENERGY = Obis.parse("0-0:96.1.0"), Obis.parse("1-0:1.8.0")
NO_RIGHTS = Access((), ())
WIRE = [
    (AllObjects(), "01 00"),
    (ObjectsOfClasses((3, 4)), "02 0102 120003 120004"),
    (TheseObjects((ThisObject(3, ENERGY),)), "03 0101 0202 120003 09060100010800ff"),
    (ThisObject(3, ENERGY), "04 0202 120003 09060100010800ff"),
]


def _line() -> Line:
    register = register_object(ENERGY, unsigned(1), ScalerUnit(0, 30))
    return with_keys(device_of([data_object(TEXT, octet_string(b"text")), register]))


@pytest.mark.parametrize(("selection", "octets"), WIRE)
def test_selections_are_written_and_understood(selection: ObjectSelection, octets: str) -> None:
    assert selection.raw.encode() == bytes.fromhex(octets)
    assert object_selection(selection.raw) == selection


def test_all_objects_come_without_rights() -> None:
    line = _line()
    whole = line(read_object_list(line.client))
    bare = line(read_object_list(line.client, AllObjects()))
    assert bare == tuple(ObjectEntry(*entry[:3], access_rights=NO_RIGHTS) for entry in whole)
    octets = line(get(line.client, OBJECT_LIST, AllObjects().raw))
    assert isinstance(octets, Encoded)
    assert decode(octets)[-1] == (3, 0, bytes(ENERGY))  # type: ignore[index]


def test_objects_of_classes_come_without_rights() -> None:
    line = _line()
    assert line(read_object_list(line.client, ObjectsOfClasses((3,)))) == (ObjectEntry(3, 0, ENERGY, NO_RIGHTS),)
    assert line(read_object_list(line.client, ObjectsOfClasses((70,)))) == ()


def test_named_objects_come_with_their_rights() -> None:
    line = _line()
    whole = {entry.logical_name: entry for entry in line(read_object_list(line.client))}
    assert line(read_object_list(line.client, ThisObject(3, ENERGY))) == (whole[ENERGY],)
    assert line(read_object_list(line.client, ThisObject(4, ENERGY))) == ()
    named = TheseObjects((ThisObject(3, ENERGY), ThisObject(1, TEXT), ThisObject(1, ENERGY)))
    assert set(line(read_object_list(line.client, named))) == {whole[ENERGY], whole[TEXT]}
    assert whole[ENERGY].access_rights.attribute_access[0].access_mode == AttributeMode.READ_AND_WRITE


@pytest.mark.parametrize(
    "raw",
    [
        RawSelection(0, NULL),
        RawSelection(1, unsigned(1)),
        RawSelection(2, long_unsigned(3)),
        RawSelection(2, array([octet_string(b"3")])),
        RawSelection(3, array([long_unsigned(3)])),
        RawSelection(4, NULL),
        RawSelection(5, NULL),
    ],
)
def test_what_means_nothing_is_refused(raw: RawSelection) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        object_selection(raw)
    assert caught.value.cause is Cause.GARBAGE
    line = _line()
    assert line(get(line.client, OBJECT_LIST, raw)) is DataAccessResult.TYPE_UNMATCHED


def test_rights_that_are_null_data_are_none() -> None:
    """Some meters keep the fourth element where they leave the rights out."""
    assert object_entries([(3, 0, bytes(ENERGY), None)]) == (ObjectEntry(3, 0, ENERGY, NO_RIGHTS),)
    with pytest.raises(RemoteProtocolError):
        object_entries([(3, 0)])
    with pytest.raises(RemoteProtocolError):
        object_entries(7)
