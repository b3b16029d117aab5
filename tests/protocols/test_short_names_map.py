"""The map between logical names and short names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.dlms.base_name_methods import METHOD_NAMES, STEP, MethodNames, method_names
from protocols.dlms.base_names import HLS_METHOD_SN, OBJECT_LIST, BaseNames, NamedObject, decode_object_list
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.data import Value
from protocols.dlms.obis import Obis
from protocols.dlms.short_hls import HLS_VARIABLE
from protocols.dlms.tags import DataAccessResult
from protocols.errors import Cause, RemoteProtocolError

CLOCK, ENERGY, PROFILE = Obis.parse("0-0:1.0.0"), Obis.parse("1-0:1.8.0"), Obis.parse("1-0:99.1.0")
NAMES = BaseNames([NamedObject(0x2BC0, 8, CLOCK), NamedObject(0x1100, 7, PROFILE, 1), NamedObject(0x0008, 3, ENERGY)])


@pytest.mark.parametrize(
    ("attribute", "name"),
    [
        (Attribute(3, ENERGY, 1), 0x0008),
        (Attribute(3, ENERGY, 2), 0x0010),
        (Attribute(7, PROFILE, 2), 0x1108),
        (Attribute(8, CLOCK, 2), 0x2BC8),
        (OBJECT_LIST, 0xFA08),
        (Attribute(1, Obis.parse("0-0:42.0.0"), 2), 0xFD08),
        (Attribute(17, Obis.parse("0-0:41.0.0"), 2), 0xFC08),
    ],
    ids=str,
)
def test_attributes(attribute: Attribute, name: int) -> None:
    assert NAMES.of_attribute(attribute) == name
    assert NAMES.at(name) == attribute


@pytest.mark.parametrize(
    ("method", "name", "returns"),
    [
        (Method(3, ENERGY, 1), 0x0030, False),
        (Method(7, PROFILE, 1), 0x1158, False),
        (Method(7, PROFILE, 2), 0x1160, False),
        (Method(7, PROFILE, 3), 0x1168, True),
        (Method(8, CLOCK, 1), 0x2C20, False),
        (Method(8, CLOCK, 6), 0x2C48, False),
        (HLS_METHOD_SN, HLS_VARIABLE, True),
        (Method(9, Obis.parse("0-0:10.0.125"), 1), 0xFB20, False),
    ],
    ids=str,
)
def test_methods(method: Method, name: int, returns: bool) -> None:
    assert NAMES.of_method(method) == name
    assert NAMES.at(name) == method
    assert NAMES.returns(method) is returns


@pytest.mark.parametrize(
    ("attribute", "reason"),
    [
        (Attribute(3, PROFILE, 2), DataAccessResult.OBJECT_CLASS_INCONSISTENT),
        (Attribute(3, Obis.parse("1-0:2.8.0"), 2), DataAccessResult.OBJECT_UNDEFINED),
        (Attribute(3, ENERGY, 0), DataAccessResult.OBJECT_UNDEFINED),
        (Attribute(1, Obis.parse("0-0:42.0.0"), 127), DataAccessResult.OBJECT_UNDEFINED),
    ],
    ids=str,
)
def test_what_has_no_name(attribute: Attribute, reason: DataAccessResult) -> None:
    high = BaseNames([NamedObject(0xFFF0, 1, Obis.parse("0-0:42.0.0"))])
    names = high if attribute.index == 127 else NAMES
    assert names.of_attribute(attribute) is reason


def test_methods_that_do_not_exist_have_no_name() -> None:
    assert NAMES.of_method(Method(8, CLOCK, 7)) is DataAccessResult.OBJECT_UNDEFINED
    assert NAMES.of_method(Method(8, CLOCK, 0)) is DataAccessResult.OBJECT_UNDEFINED
    assert NAMES.of_method(Method(1, ENERGY, 1)) is DataAccessResult.OBJECT_CLASS_INCONSISTENT
    assert not NAMES.returns(Method(1, ENERGY, 1))


def test_between_variables_and_before_the_first_object_there_is_nothing() -> None:
    assert NAMES.at(0x0009) is None
    assert NAMES.at(0x0000) is None


def test_a_meter_s_own_place_for_a_reserved_object_wins() -> None:
    name = Obis.parse("0-0:42.0.0")
    assert BaseNames([NamedObject(0x0100, 1, name)]).of_attribute(Attribute(1, name, 2)) == 0x0108


def test_a_description_adds_methods_of_its_own_classes() -> None:
    odd = Obis.parse("0-0:96.50.0")
    names = BaseNames([NamedObject(0x4000, 9000, odd)], {**METHOD_NAMES, (9000, 0): MethodNames(0x40, 1)})
    assert names.of_method(Method(9000, odd, 1)) == 0x4040
    assert NAMES.of_attribute(Attribute(9000, odd, 1)) is DataAccessResult.OBJECT_UNDEFINED


def test_methods_move_with_the_version_of_a_class() -> None:
    assert method_names(METHOD_NAMES, 64, 0).offset(2) == 0x30
    assert method_names(METHOD_NAMES, 64, 1).offset(2) == 0x38
    assert method_names(METHOD_NAMES, 1, 0).count == 0


@settings(deadline=None)
@given(st.sampled_from(sorted(METHOD_NAMES)), st.integers(1, 12))
def test_methods_lie_in_steps_behind_the_attributes(entry: tuple[int, int], number: int) -> None:
    methods = METHOD_NAMES[entry]
    offset = methods.offset(number)
    assert (offset is not None) == (number <= methods.count)
    if offset is not None:
        assert offset % STEP == 0
        assert methods.method(offset) == number
    assert methods.method(methods.first - STEP) is None


def test_the_object_list_of_a_meter() -> None:
    clock: Value = (0x2BC0, 8, 0, bytes(CLOCK))
    own: Value = (-0x600, 12, 2, bytes.fromhex("0000280000ff"))
    assert decode_object_list([clock, own]) == (
        NamedObject(0x2BC0, 8, CLOCK),
        NamedObject(0xFA00, 12, Obis.parse("0-0:40.0.0"), 2),
    )


@pytest.mark.parametrize("value", [None, b"", [None], [(1, 2, 3)], [(1, 2, 3, b"12345")]], ids=repr)
def test_anything_else_is_no_object_list(value: Value) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode_object_list(value)
    assert error.value.cause is Cause.GARBAGE
