"""Devices that speak DLMS/COSEM, whatever their names, security and line: above the association all are read alike."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeVar

from headend import causes
from headend.causes import SessionError
from headend.drivers.base import Capability, LayoutChangedError, Target
from headend.drivers.dlms_association import association_of, must_tell_names, public_association
from headend.drivers.dlms_clock import shift_time, time_octets, write_time
from headend.drivers.dlms_decode import is_quantity, layout_of, log_entries, profile_rows, text_of
from headend.drivers.dlms_layers import framing_of, line_of
from headend.drivers.dlms_lists import listed_meters
from headend.drivers.dlms_names import names_layout
from headend.drivers.dlms_network import network_attributes, network_state
from headend.drivers.dlms_registers import (
    register_names,
    register_values,
    registers_layout,
    with_fixed_units,
    with_stored_codes,
)
from headend.drivers.recovery import REFUSALS, NewKeys, attempts, with_new_keys
from headend.network import NetworkState
from headend.plan import Layout, Listed, LogEntries, ProfileRows, RegisterValue, Stretch
from headend.transport import Exchange, Line
from protocols.dlms import exchange, objects
from protocols.dlms.columns import Table
from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.cosem import Attribute
from protocols.dlms.obis import Obis
from protocols.dlms.selection import Capture, Range
from protocols.dlms.states import State
from protocols.errors import Cause, ProtocolError, RemoteProtocolError

T = TypeVar("T")

LARGEST_JUMP = 10_000_000
"""How far a meter may be ahead of our invocation counter and still be followed without a person.

Its counter is read without keys, so whoever sits on the line can say any number; following a high one blindly would
use up the counters of the key. Ten million are more than two thousand sessions.
"""

_PERHAPS_THE_COUNTER = (Cause.WRONG_COUNTER, Cause.AUTHENTICATION_FAILED, Cause.REJECTED_ASSOCIATION)
"""Refusals behind which a meter may hide that it has seen a higher invocation counter than ours."""
_ALWAYS = (
    Capability.IDENTIFICATION
    | Capability.CLOCK
    | Capability.SET_CLOCK
    | Capability.REGISTERS
    | Capability.PROFILES
    | Capability.LOGS
    | Capability.METER_LIST
)


class DlmsDriver:
    """One session; implements `headend.drivers.base.Driver`."""

    def __init__(self, target: Target) -> None:
        self.capabilities = _ALWAYS if target.transport.framing == "wrapper" else _ALWAYS | Capability.LINK
        self.learned: list[Layout] = []
        self._target = target
        self._line: Line | None = None
        self._connection: ClientConnection | None = None
        self._earlier_sent = self._earlier_received = 0
        self._shown_in: tzinfo | None = None
        self._round_trip_s = 0.0

    @property
    def sent(self) -> int:
        return self._earlier_sent + (self._line.sent if self._line else 0)

    @property
    def received(self) -> int:
        return self._earlier_received + (self._line.received if self._line else 0)

    async def connect(self) -> None:
        """Reach the device as its reading client, HDLC and mode E included."""
        await self._reach_as_reader(self._target.first_counter)

    async def open(self) -> None:
        """Associate; where the meter has seen a higher counter than ours, go on above it. Never go down, never far up.

        Where it refuses our keys and new ones were sent to it, these are tried once, and activated if they open it.
        SessionError (counter_jump) where the meter is more than `LARGEST_JUMP` ahead.
        """
        try:
            await self._sign_on()
        except RemoteProtocolError as refusal:
            if self._target.new_keys is None or refusal.cause not in REFUSALS:
                raise
            await self._recover(self._target.new_keys, refusal)

    async def read_clock(self) -> float:
        clock = Attribute(objects.CLOCK_CLASS, self._target.description.clock, 2)
        sent_at = time.time()
        reading = await self._run(objects.read_clock(self._connected, self._target.zone, clock))
        heard_at = time.time()
        self._shown_in, self._round_trip_s = reading.at.tzinfo, heard_at - sent_at
        return round(reading.at.timestamp() - (sent_at + heard_at) / 2, 3)

    async def shift_clock(self, seconds: int) -> None:
        await self._run(shift_time(self._connected, self._target.description.clock, seconds))

    async def set_clock(self) -> None:
        at = datetime.now(UTC) + timedelta(seconds=self._round_trip_s / 2)
        octets = time_octets(at, self._shown_in, self._target.zone)
        await self._run(write_time(self._connected, self._target.description.clock, octets))

    async def read_identification(self) -> dict[str, str]:
        wanted = self._target.description.identification
        attributes = [Attribute(objects.DATA, obis, 2) for obis in wanted.values()]
        results = await self._run(exchange.get_list(self._connected, attributes))
        texts = ((name, text_of(result)) for name, result in zip(wanted, results, strict=True))
        return {name: text for name, text in texts if text}

    async def read_registers(self, wanted: Sequence[Obis], known: Layout | None) -> tuple[list[RegisterValue], Layout]:
        names = register_names(wanted, known, self._target.description)
        readings = await self._run(objects.read_registers(self._connected, names))
        stored_as = self._target.description.stored_as
        values = register_values(readings, datetime.now(UTC).replace(microsecond=0), stored_as)
        return values, registers_layout(readings, known)

    async def read_layout(self, profile: Obis) -> Layout:
        tolerant = "swapped_octet_string" in self._target.description.quirks
        layout = await self._run(objects.read_layout(self._connected, profile, tolerant=tolerant))
        fixed = self._target.description.units
        registers = [
            Attribute(name.class_id, name.obis, objects.UNIT_ATTRIBUTE[name.class_id])
            for name in (capture.attribute for capture in layout.captures)
            if is_quantity(name) and name.obis not in fixed
        ]
        units = await self._run(exchange.get_list(self._connected, registers)) if registers else ()
        told = layout_of(layout, dict(zip((each.obis for each in registers), units, strict=True)))
        return with_fixed_units(told, fixed)

    async def read_profile(self, layout: Layout, stretch: Stretch) -> ProfileRows:
        layout = with_fixed_units(layout, self._target.description.units)
        captures = tuple(Capture(Attribute(c.class_id, c.obis, c.attribute)) for c in layout.columns)
        table = await self._table(
            objects.ProfileLayout(layout.obis, captures, layout.interval_s), stretch, layout.known
        )
        return profile_rows(table, with_stored_codes(layout, self._target.description.stored_as), stretch)

    async def read_log(self, stretch: Stretch) -> LogEntries:
        described = self._target.description.event_log(stretch.obis)
        if described is None:
            raise SessionError(causes.UNSUPPORTED_MODEL, f"event log {stretch.obis} is not described")
        clock = Capture(objects.CLOCK_TIME)
        other = Capture(Attribute(objects.DATA, stretch.obis, 2))
        captures = tuple(clock if name == "clock" else other for name in described.columns)
        table = await self._table(objects.ProfileLayout(stretch.obis, captures, 0), stretch, False)
        return LogEntries(stretch, log_entries(table, described.columns))

    async def read_network(self) -> NetworkState | None:
        described = self._target.description.network
        if described is None:
            raise SessionError(causes.UNSUPPORTED_MODEL, "no mobile network is described")
        asked = network_attributes(described)
        return network_state(asked, await self._run(exchange.get_list(self._connected, asked)))

    async def read_meter_list(self) -> tuple[Listed, ...]:
        described = self._target.description.meter_list
        if described is None:
            raise SessionError(causes.UNSUPPORTED_MODEL, "no list of meters is described")
        told = await self._run(objects.read_value(self._connected, described.attribute))
        return listed_meters(told, described.elements, self._target.zone)

    async def converse(self, conversation: Callable[[ClientConnection], Exchange[T]]) -> T:
        """The result of any other conversation over the open association, for people who try things by hand."""
        return await self._run(conversation(self._connected))

    async def close(self) -> None:
        """Release and hang up; a meter that does not answer the release is left alone."""
        connection, self._connection = self._connection, None
        try:
            if connection is not None and connection.state is not State.FAILED:
                with suppress(SessionError, ProtocolError):
                    await self._run(exchange.release(connection))
                    await self._run(exchange.disconnect(connection))
        finally:
            self._hang_up()

    async def _table(self, layout: objects.ProfileLayout, stretch: Stretch, known: bool) -> Table:
        """Rows of the stretch; LayoutChangedError when they do not fit a layout that came from the database."""
        selection = Range(stretch.start, stretch.end)
        connection = self._connected
        try:
            return await self._run(objects.read_profile(connection, layout, selection, zone=self._target.zone))
        except RemoteProtocolError as error:
            if known and error.cause is Cause.GARBAGE and connection.state is not State.FAILED:
                raise LayoutChangedError(str(error)) from error
            raise

    async def _reach_as_reader(self, first_counter: int) -> None:
        client = self._target.description.security.client_address
        await self._reach(association_of(self._target, first_counter), client)

    async def _reach(self, association: ClientSettings, client_address: int) -> None:
        """A new line, and the link where there is something to set up."""
        self._hang_up()
        self._line = line = await line_of(self._target)
        self._connection = connection = ClientConnection(association, framing_of(self._target, client_address))
        line.repeat_after(self._target.transport.retry_s, connection.repeat)
        if not connection.is_open:
            await self._run(exchange.connect(connection))

    async def _sign_on(self) -> None:
        """Associate with the keys and counters of the target, or with counters above those the meter has seen."""
        counter = self._target.first_counter
        if self._connection is None:
            await self.connect()
        try:
            await self._associate()
        except RemoteProtocolError as error:
            if not self._target.description.security.ciphered or error.cause not in _PERHAPS_THE_COUNTER:
                raise
            seen = await self._counter_of_meter()
            if seen < counter:
                raise
            await self._reach_as_reader(await self._target.reserve(_followed(seen, counter)))
            await self._associate()

    async def _recover(self, new: NewKeys, refusal: RemoteProtocolError) -> None:
        """Go on with the first combination of new keys that opens the meter; `refusal` where none does."""
        known = self._target
        for kinds in attempts(new):
            await self.close()
            self._target = await with_new_keys(known, new, kinds)
            try:
                await self._sign_on()
            except RemoteProtocolError as error:
                if error.cause not in REFUSALS:
                    raise
            else:
                await new.activate(kinds)
                return
        self._target = known
        raise refusal

    async def _associate(self) -> None:
        """Sign on, and learn the short names of a meter that is the only one to know them."""
        await self._run(exchange.associate(self._connected))
        if must_tell_names(self._target):
            names = await self._run(exchange.learn_names(self._connected))
            self.learned = [names_layout(names)]

    async def _counter_of_meter(self) -> int:
        """The highest counter the meter has accepted, read as public client, who needs no keys."""
        security = self._target.description.security
        assert security.public_client_address is not None and security.invocation_counter is not None
        await self._reach(public_association(self._target), security.public_client_address)
        await self._run(exchange.associate(self._connected))
        named = Attribute(objects.DATA, security.invocation_counter, 2)
        counter = await self._run(objects.read_invocation_counter(self._connected, named))
        await self.close()
        return counter

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            self._earlier_sent += line.sent
            self._earlier_received += line.received
            line.close()

    @property
    def _connected(self) -> ClientConnection:
        assert self._connection is not None, "open() comes first"
        return self._connection

    async def _run(self, conversation: Exchange[T]) -> T:
        assert self._line is not None, "open() comes first"
        return await self._line.run(conversation)


def _followed(seen: int, ours: int) -> int:
    """The counter to go on with after a meter that has seen `seen`, where we stand at `ours`."""
    if seen - ours > LARGEST_JUMP:
        raise SessionError(causes.COUNTER_JUMP, f"the meter says it has seen {seen:,}; ours stands at {ours:,}")
    return seen + 1
