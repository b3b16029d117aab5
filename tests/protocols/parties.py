"""A meter and its clients for the tests: real library objects, a memory pipe instead of a socket."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from protocols.dlms.columns import ClockColumn, IntegerColumn, RowColumn, join_rows, row_matrix
from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded, Value
from protocols.dlms.encoding import array, double_long_unsigned, octet_string
from protocols.dlms.exchange import Exchange, converse
from protocols.dlms.obis import Obis
from protocols.dlms.security import KeySet, Security
from protocols.dlms.security.message_keys import Tagging
from protocols.dlms.selection import CLOCK, Capture, Entries, Range
from protocols.dlms.server import (
    Association,
    LogicalDevice,
    ServerSession,
    TableObject,
    clock_object,
    data_object,
    management_association,
    public_association,
    register_object,
)
from protocols.dlms.services.get import Result
from protocols.dlms.tags import ActionResult, DataAccessResult, Mechanism, Tag
from protocols.dlms.units import ScalerUnit
from protocols.wrapper import WrapperFraming

T = TypeVar("T")
HELSINKI = ZoneInfo("Europe/Helsinki")
KEYS = KeySet(bytes(range(16)), bytes(range(0xD0, 0xE0)))
OTHER_KEY = bytes(range(0x40, 0x50))
METER_TITLE = b"LGZ\x00\x00\x00\x00\x01"
CLIENT_TITLE = b"AIM\x00\x00\x00\x00\x01"
PASSWORD = b"12345678"
LLS_CLIENT, SIGNED_CLIENT, HIDDEN_CLIENT = 2, 3, 4

PROFILE = Obis.parse("1-0:99.1.0")
ENERGY = Obis.parse("1-0:1.8.0")
TEXT = Obis.parse("0-0:96.1.0")
RELAY = Obis.parse("0-0:96.3.10")
ROWS = 96
START = datetime(2026, 3, 28, 12, tzinfo=HELSINKI)
TIMES = int(START.timestamp()) + 900 * np.arange(ROWS)
STANDS = 1_000_000 + 37 * np.arange(ROWS)
CAPTURES = (
    CLOCK,
    Capture(Attribute(1, Obis.parse("0-0:96.10.1"), 2)),
    Capture(Attribute(3, ENERGY, 2)),
    Capture(Attribute(3, Obis.parse("1-0:2.8.0"), 2)),
)


@dataclass
class Meter:
    """A logical device with a profile, a register, a text that can be written and a relay that can be switched."""

    max_pdu: int = 1024
    text: bytes = b"nothing"
    switched: list[Value] = field(default_factory=list)
    block_window: int = 0

    def __post_init__(self) -> None:
        self.columns: list[RowColumn] = [
            ClockColumn(TIMES, HELSINKI),
            IntegerColumn(Tag.UNSIGNED, np.arange(ROWS) % 3),
            IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, STANDS),
            IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, STANDS // 2),
        ]
        self.device = LogicalDevice(
            "LGZ12345678",
            METER_TITLE,
            self._objects(),
            [
                public_association(),
                management_association(KEYS),
                Association(LLS_CLIENT, Mechanism.LLS, password=PASSWORD, writable=None, invocable=None),
                Association(SIGNED_CLIENT, Mechanism.HLS_GMAC, keys=KEYS, security=Security.AUTHENTICATED),
                Association(HIDDEN_CLIENT, Mechanism.NONE, keys=KEYS, security=Security.ENCRYPTED),
            ],
            zone=HELSINKI,
            max_pdu=self.max_pdu,
            block_window=self.block_window,
        )

    def session(self) -> ServerSession:
        """A fresh stream to this meter."""
        return ServerSession(self.device)

    def _objects(self) -> list[TableObject]:
        profile = {3: array(capture.encode() for capture in CAPTURES), 4: double_long_unsigned(900)}
        text = data_object(TEXT, lambda: octet_string(self.text))
        text.setters = {2: self._write}
        return [
            clock_object(lambda: datetime(2026, 7, 1, 12, 30, 5, tzinfo=HELSINKI)),
            TableObject(7, 1, PROFILE, profile, selected={2: self._buffer}),
            register_object(ENERGY, double_long_unsigned(123_456), ScalerUnit(1, 30)),
            text,
            TableObject(70, 0, RELAY, {2: Encoded(b"\x03\x01")}, actions={1: self._switch}),
        ]

    def _write(self, value: Value) -> DataAccessResult:
        if not isinstance(value, bytes):
            return DataAccessResult.TYPE_UNMATCHED
        self.text = value
        return DataAccessResult.SUCCESS

    def _switch(self, parameters: Value) -> tuple[ActionResult, Result | None]:
        self.switched.append(parameters)
        return ActionResult.SUCCESS, double_long_unsigned(len(self.switched))

    def _buffer(self, selection: Range | Entries | None) -> Result:
        if isinstance(selection, Entries):
            shown = self.columns[max(0, selection.first_column - 1) : selection.last_column or None]
            if not shown:
                return DataAccessResult.SCOPE_OF_ACCESS_VIOLATED
            return join_rows(row_matrix(shown)[selection.first - 1 : selection.last or None])
        chosen = selection.columns if selection else ()
        if not set(chosen) <= set(CAPTURES):
            return DataAccessResult.SCOPE_OF_ACCESS_VIOLATED
        rows = row_matrix([self.columns[CAPTURES.index(capture)] for capture in chosen or CAPTURES])
        if selection is None or isinstance(selection.start, int) or isinstance(selection.end, int):
            return join_rows(rows)
        first = np.searchsorted(TIMES, selection.start.timestamp(), side="left")
        return join_rows(rows[first : np.searchsorted(TIMES, selection.end.timestamp(), side="right")])


PUBLIC = (16, ClientSettings())
LLS = (LLS_CLIENT, ClientSettings(Mechanism.LLS, password=PASSWORD))


def ciphered(client: int = 1, **changes: object) -> tuple[int, ClientSettings]:
    """A client with keys: 1 authenticated and encrypted, 3 authenticated only, 4 encrypted only without HLS."""
    security = {SIGNED_CLIENT: Security.AUTHENTICATED, HIDDEN_CLIENT: Security.ENCRYPTED}.get(client, Security.BOTH)
    mechanism = Mechanism.NONE if client == HIDDEN_CLIENT else Mechanism.HLS_GMAC
    settings: dict[str, object] = {"keys": KEYS, "security": security, "title": CLIENT_TITLE, **changes}
    return client, ClientSettings(mechanism, **settings)  # type: ignore[arg-type]


ACCESSES: dict[str, Callable[[], tuple[int, ClientSettings]]] = {
    "password": lambda: LLS,
    "both": ciphered,
    "authenticated": lambda: ciphered(SIGNED_CLIENT),
    "encrypted": lambda: ciphered(HIDDEN_CLIENT),
    "general-glo": lambda: ciphered(tagging=Tagging.GENERAL),
}


def connect(access: tuple[int, ClientSettings]) -> ClientConnection:
    """An unassociated connection of a client to logical device 1."""
    client, settings = access
    return ClientConnection(settings, WrapperFraming(client, 1))


def byte_by_byte(session: ServerSession) -> Callable[[bytes], bytes]:
    """The session's `handle`, fed one octet at a time."""
    return lambda data: b"".join(session.handle(data[i : i + 1]) for i in range(len(data)))


class Dripping:
    """A transfer that also returns the answers one octet at a time."""

    def __init__(self, session: ServerSession) -> None:
        self._send = byte_by_byte(session)
        self._waiting = b""

    def __call__(self, data: bytes) -> bytes:
        self._waiting += self._send(data)
        first, self._waiting = self._waiting[:1], self._waiting[1:]
        return first


def run(exchange: Exchange[T], session: ServerSession) -> T:
    """Run an exchange against a session."""
    return converse(exchange, session.handle)


UTC_START = START.astimezone(UTC)
