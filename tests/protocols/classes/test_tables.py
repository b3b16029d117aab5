"""Every table of an interface class, by its own description: numbers, round trips, wrong shapes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.dlms.classes import interface_class, interface_classes
from protocols.dlms.classes.access import AssociationSn
from protocols.dlms.classes.calendar import Clock
from protocols.dlms.classes.push import PushSetup1, PushSetup2
from protocols.dlms.classes.table import AttributeSpec, InterfaceClass, MethodSpec
from protocols.dlms.data import decode
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from tests.protocols.classes.strategies import ANY_VALUE, values

Kind = type[InterfaceClass]
every_class = pytest.mark.parametrize("kind", interface_classes(), ids=lambda kind: kind.__name__)
FEW = settings(max_examples=12, deadline=None)


@every_class
def test_rows_are_numbered_without_gaps_and_named_once(kind: Kind) -> None:
    table = kind.table
    assert [row.index for row in table.attributes] == list(range(1, len(table.attributes) + 1))
    assert len({row.name for row in table.attributes}) == len(table.attributes)
    assert table.title
    if not issubclass(kind, AssociationSn):
        assert [row.index for row in table.methods] == list(range(1, len(table.methods) + 1))


@every_class
@FEW
@given(data=st.data())
def test_what_is_sent_is_what_comes_back(kind: Kind, data: st.DataObject) -> None:
    for row in kind.table.attributes:
        value = data.draw(values(row.of), row.name)
        assert row.decode(decode(row.encode(value))) == value
    for method in kind.table.methods:
        parameter = data.draw(values(method.parameter), method.name)
        assert method.decode(decode(method.encode(parameter))) == parameter


@every_class
@FEW
@given(value=ANY_VALUE)
def test_a_wrong_shape_is_told_with_its_place(kind: Kind, value: Any) -> None:
    rows: list[AttributeSpec[Any] | MethodSpec[Any, Any]] = [*kind.table.attributes, *kind.table.methods]
    for row in rows:
        try:
            row.decode(value)
        except RemoteProtocolError as error:
            assert error.cause is Cause.GARBAGE
            assert str(error).startswith(f"{row.where}: ")


@every_class
@FEW
@given(value=st.one_of(ANY_VALUE, st.just(object())))
def test_only_what_fits_is_sent(kind: Kind, value: Any) -> None:
    rows: list[AttributeSpec[Any] | MethodSpec[Any, Any]] = [*kind.table.attributes, *kind.table.methods]
    for row in rows:
        try:
            decode(row.encode(value))
        except LocalProtocolError as error:
            assert error.cause is Cause.INVALID_VALUE
            assert str(error).startswith(f"{row.where}: ")


@every_class
def test_types_have_names_for_people(kind: Kind) -> None:
    assert all(row.of.name for row in kind.table.attributes)
    assert all(row.parameter.name for row in kind.table.methods)


def test_rows_are_found_by_name_number_and_themselves() -> None:
    table = Clock.table
    assert table.attribute("time") is table.attribute(2) is table.attribute(Clock.time) is Clock.time
    assert table.method("shift_time") is table.method(6) is table.method(Clock.shift_time) is Clock.shift_time


@pytest.mark.parametrize("key", ["colour", 99, PushSetup2.push_operation_method])
def test_a_row_that_a_class_has_not_is_refused_by_name(key: Any) -> None:
    with pytest.raises(LocalProtocolError, match=r"Clock \(class 8, version 0\) has no attribute"):
        Clock.table.attribute(key)


def test_a_method_that_a_class_has_not_is_refused_by_name() -> None:
    with pytest.raises(LocalProtocolError, match=r"has no method PushSetup2\.reset"):
        Clock.table.method(PushSetup2.reset)


def test_the_table_of_a_version_is_found_and_of_a_newer_one_the_newest() -> None:
    assert interface_class(40, 1) is PushSetup1
    assert interface_class(40, 9) is PushSetup2
    assert interface_class(19, 0) is None
    assert interface_class(9999, 0) is None
