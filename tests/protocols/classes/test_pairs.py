"""Every class through a real client and a real server, from one table: read, written, invoked."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.dlms.classes import interface_classes
from protocols.dlms.classes.calendar import Clock
from protocols.dlms.classes.client import ClientObject, read_object_list
from protocols.dlms.classes.control import DisconnectControl, Limiter, RegisterMonitor
from protocols.dlms.classes.internet import Ipv4Setup
from protocols.dlms.classes.measurement import Data, Register
from protocols.dlms.classes.profiles import ProfileGeneric
from protocols.dlms.classes.server import ServerObject
from protocols.dlms.classes.table import InterfaceClass
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import NULL, array, double_long_unsigned, long_unsigned, octet_string, structure, unsigned
from protocols.dlms.exchange import get, put
from protocols.dlms.obis import Obis
from protocols.dlms.selection import Entries
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.dlms.units import ScalerUnit
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from tests.protocols.classes.meters import device_of, with_keys, with_password
from tests.protocols.classes.strategies import ANY_VALUE, values

NAME = Obis.parse("0-1:99.98.97")
Kind = type[InterfaceClass]
every_class = pytest.mark.parametrize("kind", interface_classes(), ids=lambda kind: kind.__name__)


@every_class
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_every_attribute_is_read_and_every_writable_one_written(kind: Kind, data: st.DataObject) -> None:
    rows = kind.table.attributes[1:]
    there = ServerObject(kind, NAME, {row.name: data.draw(values(row.of)) for row in rows}, writable=None)
    line = with_password(device_of([there]))
    here = ClientObject(line.client, kind, NAME)
    told = line(here.read(*(row.name for row in rows)))
    assert told == {row.name: there[row.name] for row in rows}
    assert line(here.get("logical_name")) == NAME
    for row in rows:
        if row.writable:
            value = data.draw(values(row.of))
            line(here.set(row, value))
            assert there[row.name] == value == line(here.get(row))


@every_class
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_every_method_takes_and_returns_what_its_table_says(kind: Kind, data: st.DataObject) -> None:
    taken: dict[str, Any] = {}
    returned = {row.name: data.draw(values(row.returns)) if row.returns else None for row in kind.table.methods}

    def acting(name: str) -> Callable[[Any], Any]:
        def act(parameter: Any) -> Any:
            taken[name] = parameter
            return returned[name]

        return act

    there = ServerObject(kind, NAME, {}, actions={row.name: acting(row.name) for row in kind.table.methods})
    line = with_password(device_of([there]))
    here = ClientObject(line.client, kind, NAME)
    for row in kind.table.methods:
        parameter = data.draw(values(row.parameter))
        assert line(here.invoke(row, parameter)) == returned[row.name]
        assert taken[row.name] == parameter


def test_what_the_meter_refuses_is_told_with_object_and_attribute() -> None:
    register = ServerObject(Register, NAME, {"value": double_long_unsigned(5)})
    line = with_password(device_of([register]))
    here = ClientObject(line.client, Register, NAME)
    assert line(here.read()) == {"logical_name": NAME, "value": 5, "scaler_unit": DataAccessResult.OBJECT_UNDEFINED}
    with pytest.raises(RemoteProtocolError, match=r"0-1:99\.98\.97 Register\.scaler_unit: object undefined") as error:
        line(here.get(Register.scaler_unit))
    assert error.value.cause is Cause.OBJECT_UNDEFINED
    with pytest.raises(RemoteProtocolError, match="read write denied") as error:
        line(here.set("value", double_long_unsigned(6)))
    assert error.value.cause is Cause.ACCESS_DENIED
    with pytest.raises(RemoteProtocolError, match=r"Register\.reset: object undefined"):
        line(here.invoke("reset"))


def test_a_value_of_another_shape_is_told() -> None:
    wrong = ServerObject(Register, NAME, {"value": unsigned(1), "scaler_unit": octet_string(b"Wh")})
    line = with_password(device_of([wrong]))
    with pytest.raises(RemoteProtocolError, match=r"Register\.scaler_unit: b'Wh'") as error:
        line(ClientObject(line.client, Register, NAME).get("scaler_unit"))
    assert error.value.cause is Cause.GARBAGE


def test_a_method_that_should_return_something_and_does_not_is_told() -> None:
    setup = ServerObject(Ipv4Setup, NAME, {}, actions={"get_nbof_mc_ip_addresses": lambda _: ActionResult.SUCCESS})
    line = with_password(device_of([setup]))
    with pytest.raises(RemoteProtocolError, match="returned None instead of data"):
        line(ClientObject(line.client, Ipv4Setup, NAME).invoke("get_nbof_mc_ip_addresses"))


def test_nothing_is_sent_for_what_does_not_fit() -> None:
    line = with_password(device_of([]))
    with pytest.raises(LocalProtocolError, match=r"Clock\.shift_time: long expected"):
        line(ClientObject(line.client, Clock, NAME).invoke("shift_time", "soon"))


def test_a_wrong_shape_from_a_client_is_refused_and_nothing_changes() -> None:
    monitor = ServerObject(RegisterMonitor, NAME, {"thresholds": ()}, writable=None)
    line = with_password(device_of([monitor]))
    refused = line(put(line.client, Attribute(21, NAME, 2), octet_string(b"no array")))
    assert refused is DataAccessResult.TYPE_UNMATCHED
    assert monitor["thresholds"] == ()


def test_free_types_are_kept_as_they_were_written() -> None:
    limiter = ServerObject(Limiter, NAME, {"threshold_normal": long_unsigned(10)}, writable=None)
    line = with_password(device_of([limiter]))
    here = ClientObject(line.client, Limiter, NAME)
    line(here.set("threshold_normal", double_long_unsigned(70_000)))
    assert line(here.get("threshold_normal")) == 70_000 == limiter["threshold_normal"]
    assert line(get(line.client, here.attribute("threshold_normal"))) == double_long_unsigned(70_000)


def test_a_plain_value_of_free_type_cannot_be_kept() -> None:
    limiter = ServerObject(Limiter, NAME, {"threshold_normal": long_unsigned(10)}, writable=None)
    assert limiter.set(4, 12) is DataAccessResult.TYPE_UNMATCHED
    assert limiter.set(4, None) is DataAccessResult.SUCCESS


def test_a_setter_may_refuse_and_is_told_typed_values() -> None:
    seen: list[Any] = []

    def only_short(value: bytes) -> DataAccessResult | None:
        seen.append(value)
        return None if len(value) < 4 else DataAccessResult.OTHER_REASON

    item = ServerObject(Data, NAME, {"value": b"old"}, setters={"value": only_short})
    line = with_password(device_of([item]))
    here = ClientObject(line.client, Data, NAME)
    line(here.set("value", b"new"))
    with pytest.raises(RemoteProtocolError, match="other reason"):
        line(here.set("value", b"too long"))
    assert (item["value"], seen) == (b"new", [b"new", b"too long"])


def test_a_value_that_is_a_function_stays_one() -> None:
    state = {"closed": True}
    relay = ServerObject(
        DisconnectControl,
        NAME,
        {"output_state": lambda: state["closed"]},
        setters={"output_state": lambda value: state.update(closed=value)},
    )
    line = with_password(device_of([relay]))
    here = ClientObject(line.client, DisconnectControl, NAME)
    line(here.set("output_state", False))
    assert line(here.get(DisconnectControl.output_state)) is relay["output_state"] is False


def test_what_can_only_be_written_is_not_told() -> None:
    item = ServerObject(Data, NAME, {}, setters={"value": lambda _: None})
    assert item.get(2, None) is DataAccessResult.READ_WRITE_DENIED
    assert item.attributes == [1, 2]
    assert item.set(3, b"") is DataAccessResult.OBJECT_UNDEFINED


def test_values_change_from_inside_the_meter_and_must_fit() -> None:
    register = ServerObject(Register, NAME, {"value": unsigned(1), "scaler_unit": ScalerUnit(0, 30)})
    line = with_password(device_of([register]))
    here = ClientObject(line.client, Register, NAME)
    assert line(here.get("scaler_unit")) == ScalerUnit(0, 30)
    register["scaler_unit"] = ScalerUnit(3, 30)
    register["value"] = unsigned(2)
    assert line(here.read("value", "scaler_unit")) == {"value": 2, "scaler_unit": ScalerUnit(3, 30)}
    with pytest.raises(LocalProtocolError, match=r"Register\.scaler_unit"):
        register["scaler_unit"] = "kWh"


def test_profiles_tell_their_selective_accesses() -> None:
    rows = [structure(unsigned(number)) for number in range(10)]

    def buffer(selection: Any) -> Encoded:
        return array(rows[selection.first - 1 : selection.last] if isinstance(selection, Entries) else rows)

    profile = ServerObject(ProfileGeneric, NAME, {"capture_period": 900}, selected={"buffer": buffer})
    line = with_keys(device_of([profile]))
    here = ClientObject(line.client, ProfileGeneric, NAME)
    assert line(here.get("buffer", Entries(3, 4))) == [(2,), (3,)]
    assert len(line(here.get("buffer"))) == 10
    assert line(get(line.client, here.attribute("capture_period"), Entries(1))) is DataAccessResult.TYPE_UNMATCHED
    entry = next(entry for entry in line(read_object_list(line.client)) if entry.logical_name == NAME)
    assert [(item.attribute_id, item.access_selectors) for item in entry.access_rights.attribute_access] == [
        (1, None),
        (2, (1, 2)),
        (4, None),
    ]


@every_class
@settings(max_examples=10, deadline=None)
@given(octets=st.binary(max_size=40), value=ANY_VALUE)
def test_whatever_clients_write_or_pass_is_taken_or_refused(kind: Kind, octets: bytes, value: Any) -> None:
    names = [row.name for row in kind.table.attributes[1:]]
    there = ServerObject(
        kind,
        NAME,
        dict.fromkeys(names, NULL),
        writable=names,
        actions={row.name: _nothing for row in kind.table.methods},
    )
    for attempt in (Encoded(octets), value):
        for row in kind.table.attributes[1:]:
            try:
                there.set(row.index, attempt)
            except RemoteProtocolError as error:
                assert str(error)
            assert isinstance(there.get(row.index, None), Encoded)
    for method in kind.table.methods:
        try:
            outcome, _ = there.invoke(method.index, value)
            assert outcome is ActionResult.SUCCESS
        except RemoteProtocolError as error:
            assert method.where in str(error)


def _nothing(_parameter: Any) -> ActionResult:
    return ActionResult.SUCCESS
