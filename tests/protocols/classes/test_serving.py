"""Objects of a meter that act: disconnector, calendars, scripts, push, security setup."""

from typing import Any

import pytest

from protocols.dlms.classes.calendar import (
    ActivityCalendar,
    Day,
    DayAction,
    Script,
    ScriptAction,
    ScriptService,
    ScriptTable,
    SpecialDay,
    SpecialDays,
    Week,
)
from protocols.dlms.classes.client import ClientObject
from protocols.dlms.classes.control import ControlMode, ControlState, DisconnectControl
from protocols.dlms.classes.push import Destination, MessageType, PushSetup, TransportService
from protocols.dlms.classes.records import CaptureObject
from protocols.dlms.classes.security import KeyId, KeyTransfer, SecurityPolicy, SecuritySetup
from protocols.dlms.classes.serving import (
    Disconnector,
    activity_calendar,
    push_setup,
    script_table,
    security_setup,
    special_days,
)
from protocols.dlms.classes.serving.push import PUSH_SETUP, push_body
from protocols.dlms.classes.serving.switch import DISCONNECTOR, Switching
from protocols.dlms.data import decode
from protocols.dlms.encoding import octet_string
from protocols.dlms.obis import Obis
from protocols.dlms.security.wrapping import wrap_key
from protocols.dlms.server import data_object
from protocols.dlms.tags import ActionResult
from protocols.dlms.wildcards import CosemDate, CosemTime
from protocols.errors import RemoteProtocolError
from tests.protocols.classes.meters import device_of, with_keys

OPEN, CLOSED, READY = ControlState.DISCONNECTED, ControlState.CONNECTED, ControlState.READY_FOR_RECONNECTION
OFF, ON = Switching.REMOTE_DISCONNECT, Switching.REMOTE_RECONNECT


@pytest.mark.parametrize(
    ("mode", "after_reconnect", "by_hand_off", "by_meter_on"),
    [
        (1, READY, True, False),
        (2, CLOSED, True, False),
        (3, READY, False, False),
        (4, CLOSED, False, False),
        (5, READY, True, True),
        (6, READY, False, True),
    ],
)
def test_modes_allow_what_the_blue_book_says(
    mode: int, after_reconnect: ControlState, by_hand_off: bool, by_meter_on: bool
) -> None:
    switch = Disconnector(ControlMode(mode))
    assert switch.switch(OFF)
    assert switch.state is OPEN
    assert not switch.switch(Switching.MANUAL_RECONNECT)
    assert switch.switch(ON)
    assert switch.state is after_reconnect
    switch.state = READY
    assert switch.switch(Switching.LOCAL_RECONNECT) is by_meter_on
    switch.state = READY
    assert switch.switch(Switching.MANUAL_RECONNECT)
    assert switch.switch(Switching.MANUAL_DISCONNECT) is by_hand_off
    switch.state = CLOSED
    assert switch.switch(Switching.LOCAL_DISCONNECT)
    assert switch.switch(OFF)


def test_mode_0_is_always_connected() -> None:
    switch = Disconnector(ControlMode.ALWAYS_CONNECTED)
    assert not any(switch.switch(by) for by in Switching)
    assert switch.state is CLOSED


def test_a_disconnector_is_switched_from_afar_and_tells_who_did_it() -> None:
    told: list[Any] = []
    switch = Disconnector(ControlMode.RECONNECT_BY_HAND, on_change=lambda by, state: told.append((by, state)))
    line = with_keys(device_of([switch.cosem_object()]))
    relay = ClientObject(line.client, DisconnectControl, DISCONNECTOR)
    line(relay.invoke(DisconnectControl.remote_disconnect))
    line(relay.invoke(DisconnectControl.remote_disconnect))
    assert line(relay.get(DisconnectControl.output_state)) is False
    line(relay.invoke("remote_reconnect"))
    line(relay.invoke("remote_reconnect"))
    assert line(relay.get(DisconnectControl.control_state)) is READY
    assert told == [(OFF, OPEN), (ON, READY)]


def test_a_mode_is_written_if_it_exists_and_may_forbid_switching() -> None:
    switch = Disconnector()
    line = with_keys(device_of([switch.cosem_object()]))
    relay = ClientObject(line.client, DisconnectControl, DISCONNECTOR)
    line(relay.set(DisconnectControl.control_mode, ControlMode.ALWAYS_CONNECTED))
    with pytest.raises(RemoteProtocolError, match="remote_disconnect: other reason"):
        line(relay.invoke("remote_disconnect"))
    with pytest.raises(RemoteProtocolError, match="control_mode: other reason"):
        line(relay.set("control_mode", 7))
    assert line(relay.get("control_mode")) is ControlMode.ALWAYS_CONNECTED


SCRIPTS = Obis.parse("0-0:10.0.100")
WEEK = Week(b"W", *[1] * 7)
DAY = Day(1, (DayAction(CosemTime(6, 0, 0, 0), SCRIPTS, 2),))


def test_a_passive_calendar_becomes_active_when_asked() -> None:
    told: list[Any] = []
    calendar = activity_calendar({"calendar_name": b"old", "day_profile_table": (DAY,)}, on_activate=told.append)
    line = with_keys(device_of([calendar]))
    here = ClientObject(line.client, ActivityCalendar, calendar.obis)
    line(here.set(ActivityCalendar.calendar_name_passive, b"new"))
    line(here.set(ActivityCalendar.week_profile_table_passive, (WEEK,)))
    assert line(here.get(ActivityCalendar.calendar_name_active)) == b"old"
    line(here.invoke(ActivityCalendar.activate_passive_calendar))
    state = line(here.read("calendar_name_active", "week_profile_table_active", "day_profile_table_active"))
    assert list(state.values()) == [b"new", (WEEK,), (DAY,)]
    assert told == [calendar]
    with pytest.raises(RemoteProtocolError, match="denied"):
        line(here.set("calendar_name_active", b"other"))


def test_a_calendar_may_be_activated_with_nobody_listening() -> None:
    calendar = activity_calendar({"calendar_name": b"old"})
    calendar["calendar_name_passive"] = b"new"
    assert calendar.invoke(1, 0)[0] is ActionResult.SUCCESS
    assert calendar["calendar_name_active"] == b"new"


def test_a_policy_may_be_raised_with_nobody_listening() -> None:
    setup = security_setup(b"LGZ00001", lambda: MASTER, lambda _: None)
    assert setup.invoke(1, 3)[0] is ActionResult.SUCCESS
    assert setup["security_policy"] is SecurityPolicy.AUTHENTICATED_AND_ENCRYPTED


def test_scripts_are_executed_by_number() -> None:
    done: list[Script] = []
    script = Script(2, (ScriptAction(ScriptService.EXECUTE, 70, DISCONNECTOR, 1, None),))
    line = with_keys(device_of([script_table(SCRIPTS, [script], done.append)]))
    here = ClientObject(line.client, ScriptTable, SCRIPTS)
    assert line(here.get(ScriptTable.scripts)) == (script,)
    line(here.invoke(ScriptTable.execute, 2))
    assert done == [script]
    with pytest.raises(RemoteProtocolError, match="object undefined"):
        line(here.invoke(ScriptTable.execute, 3))


def test_special_days_are_inserted_replaced_and_deleted() -> None:
    table = special_days([SpecialDay(1, CosemDate(month=12, day=25), 3)])
    line = with_keys(device_of([table]))
    here = ClientObject(line.client, SpecialDays, table.obis)
    line(here.invoke(SpecialDays.insert, SpecialDay(2, CosemDate(2026, 12, 6), 3)))
    line(here.invoke(SpecialDays.insert, SpecialDay(1, CosemDate(month=12, day=26), 4)))
    assert [(day.number, day.day_id) for day in line(here.get(SpecialDays.entries))] == [(2, 3), (1, 4)]
    line(here.invoke(SpecialDays.delete, 2))
    assert [day.number for day in table["entries"]] == [1]
    with pytest.raises(RemoteProtocolError, match="object undefined"):
        line(here.invoke(SpecialDays.delete, 2))


def test_special_days_are_bounded() -> None:
    table = special_days([SpecialDay(number, CosemDate(), 1) for number in range(1000)])
    day = (5000, b"\x07\xea\x01\x01\xff", 1)
    assert table.invoke(1, day)[0] is ActionResult.OTHER_REASON
    assert table.invoke(1, (5, *day[1:]))[0] is ActionResult.SUCCESS


def test_a_push_is_asked_for_and_gathers_what_its_list_names() -> None:
    text = data_object(Obis.parse("0-0:96.1.0"), octet_string(b"serial"))
    pushed: list[Any] = []
    elements = (
        CaptureObject(1, text.obis, 2),
        CaptureObject(40, PUSH_SETUP, 1),
        CaptureObject(3, text.obis, 2),
        CaptureObject(1, Obis.parse("0-0:96.1.1"), 2),
        CaptureObject(1, text.obis, 9),
        CaptureObject(1, text.obis, 2, 1),
    )
    setup = push_setup({"push_object_list": elements}, lambda setup: pushed.append(push_body(device, setup)))
    device = device_of([text, setup])
    line = with_keys(device)
    here = ClientObject(line.client, PushSetup, PUSH_SETUP)
    line(here.invoke(PushSetup.push))
    assert decode(pushed[0]) == (b"serial", bytes(PUSH_SETUP), None, None, None, None)


def test_the_destination_of_a_push_is_written() -> None:
    nowhere = Destination(TransportService.TCP, b"", MessageType.A_XDR)
    setup = push_setup({"send_destination_and_method": nowhere}, lambda _: None)
    line = with_keys(device_of([setup]))
    there = nowhere._replace(destination=b"10.0.0.1:4059")
    line(ClientObject(line.client, PushSetup, PUSH_SETUP).set(PushSetup.send_destination_and_method, there))
    assert setup["send_destination_and_method"] == there


MASTER, NEW = bytes(range(16)), bytes(range(0x50, 0x60))


def _security(policy: SecurityPolicy = SecurityPolicy.NONE) -> tuple[Any, dict[KeyId, bytes], list[SecurityPolicy]]:
    taken: dict[KeyId, bytes] = {}
    told: list[SecurityPolicy] = []
    setup = security_setup(b"LGZ00001", lambda: MASTER, taken.update, policy=policy, on_policy=told.append)
    return setup, taken, told


def test_new_keys_arrive_wrapped_all_or_none() -> None:
    setup, taken, _ = _security()
    line = with_keys(device_of([setup]))
    here = ClientObject(line.client, SecuritySetup, setup.obis)
    good = KeyTransfer(KeyId.AUTHENTICATION, wrap_key(MASTER, NEW))
    bad = KeyTransfer(KeyId.UNICAST_ENCRYPTION, wrap_key(NEW, NEW))
    for refused in ([good, bad], [KeyTransfer(KeyId.MASTER, b"short")], []):
        with pytest.raises(RemoteProtocolError, match="key_transfer: other reason"):
            line(here.invoke(SecuritySetup.key_transfer, tuple(refused)))
    assert taken == {}
    line(here.invoke(SecuritySetup.key_transfer, (good,)))
    assert taken == {KeyId.AUTHENTICATION: NEW}
    assert line(here.get(SecuritySetup.server_system_title)) == b"LGZ00001"


def test_a_policy_is_raised_and_never_lowered() -> None:
    setup, _, told = _security(SecurityPolicy.AUTHENTICATED)
    line = with_keys(device_of([setup]))
    here = ClientObject(line.client, SecuritySetup, setup.obis)
    line(here.invoke(SecuritySetup.security_activate, SecurityPolicy.AUTHENTICATED_AND_ENCRYPTED))
    assert line(here.get(SecuritySetup.security_policy)) is SecurityPolicy.AUTHENTICATED_AND_ENCRYPTED
    for wanted in (SecurityPolicy.ENCRYPTED, SecurityPolicy.NONE, SecurityPolicy(77)):
        with pytest.raises(RemoteProtocolError, match="other reason"):
            line(here.invoke(SecuritySetup.security_activate, wanted))
    assert told == [SecurityPolicy.AUTHENTICATED_AND_ENCRYPTED]
