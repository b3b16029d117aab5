"""A grid meter that is asked by short names, in the manner of the L+G E650 family, and its clients."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from protocols.dlms.acse import Context
from protocols.dlms.base_names import BaseNames, NamedObject
from protocols.dlms.columns import ClockColumn, IntegerColumn, RowColumn, join_rows, row_matrix
from protocols.dlms.conformance import SUPPORTED_SN
from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded, Value
from protocols.dlms.encoding import array, double_long_unsigned, octet_string
from protocols.dlms.obis import Obis
from protocols.dlms.security import Security
from protocols.dlms.selection import CLOCK, Capture, Entries, Range
from protocols.dlms.server import (
    Association,
    LogicalDevice,
    ServerSession,
    TableObject,
    clock_object,
    data_object,
    register_object,
)
from protocols.dlms.services.get import Result
from protocols.dlms.tags import ActionResult, DataAccessResult, Mechanism, Tag
from protocols.dlms.units import ScalerUnit
from protocols.wrapper import WrapperFraming
from tests.protocols.parties import CLIENT_TITLE, HELSINKI, KEYS, METER_TITLE, PASSWORD

IMPORT, EXPORT = Obis.parse("1-1:1.8.0"), Obis.parse("1-1:2.8.0")
STATUS, TEXT, RELAY = Obis.parse("0-0:96.240.12"), Obis.parse("0-0:96.1.0"), Obis.parse("0-0:96.3.10")
PROFILE = Obis.parse("1-0:99.1.0")
START = datetime(2026, 3, 28, 12, tzinfo=HELSINKI)
ROWS = 96
TIMES = int(START.timestamp()) + 900 * np.arange(ROWS)
STANDS = 1_000_000 + 37 * np.arange(ROWS)
CAPTURES = (
    CLOCK,
    Capture(Attribute(1, STATUS, 18)),
    Capture(Attribute(3, IMPORT, 2)),
    Capture(Attribute(3, EXPORT, 2)),
)
READER, MANAGER, PUBLIC = 32, 1, 16
CLOCK_BASE, PROFILE_BASE, IMPORT_BASE, EXPORT_BASE = 0x2BC0, 0x62E8, 0x7D08, 0x7D50
TEXT_BASE, RELAY_BASE = 0x2A00, 0x2B40


@dataclass
class GridMeter:
    """A logical device with short names; what clients change of it is kept in its fields."""

    max_pdu: int = 1024
    text: bytes = b"nothing"
    set_to: list[Value] = field(default_factory=list)
    switched: list[Value] = field(default_factory=list)

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
            [],
            [
                Association(PUBLIC, readable=frozenset(), context=Context.SN),
                Association(
                    READER, Mechanism.LLS, password=PASSWORD, writable=None, invocable=None, context=Context.SN
                ),
                Association(
                    MANAGER,
                    Mechanism.HLS_GMAC,
                    keys=KEYS,
                    security=Security.BOTH,
                    writable=None,
                    invocable=None,
                    context=Context.SN_CIPHERED,
                ),
            ],
            zone=HELSINKI,
            max_pdu=self.max_pdu,
            conformance=SUPPORTED_SN,
            short_names=self._objects(),
        )

    def session(self) -> ServerSession:
        """A fresh stream to this meter."""
        return ServerSession(self.device)

    def _objects(self) -> dict[int, TableObject]:
        text = data_object(TEXT, lambda: octet_string(self.text))
        text.setters = {2: self._write}
        clock = clock_object(lambda: datetime(2026, 7, 1, 12, 30, 5, tzinfo=HELSINKI), self._set_clock)
        profile = {3: array(capture.encode() for capture in CAPTURES), 4: double_long_unsigned(900)}
        return {
            CLOCK_BASE: clock,
            PROFILE_BASE: TableObject(7, 1, PROFILE, profile, selected={2: self._buffer}),
            IMPORT_BASE: register_object(IMPORT, double_long_unsigned(123_456), ScalerUnit(1, 30)),
            EXPORT_BASE: register_object(EXPORT, double_long_unsigned(789), ScalerUnit(0, 30)),
            TEXT_BASE: text,
            RELAY_BASE: TableObject(70, 0, RELAY, {2: Encoded(b"\x03\x01")}, actions={1: self._switch}),
        }

    def _write(self, value: Value) -> DataAccessResult:
        if not isinstance(value, bytes):
            return DataAccessResult.TYPE_UNMATCHED
        self.text = value
        return DataAccessResult.SUCCESS

    def _set_clock(self, value: Value) -> DataAccessResult:
        self.set_to.append(value)
        return DataAccessResult.SUCCESS

    def _switch(self, parameters: Value) -> tuple[ActionResult, Result | None]:
        self.switched.append(parameters)
        return ActionResult.SUCCESS, None

    def _buffer(self, selection: Range | Entries | None) -> Encoded:
        rows = row_matrix(self.columns)
        if isinstance(selection, Entries):
            return join_rows(rows[selection.first - 1 : selection.last or None])
        if selection is None or isinstance(selection.start, int) or isinstance(selection.end, int):
            return join_rows(rows)
        first = np.searchsorted(TIMES, selection.start.timestamp(), side="left")
        return join_rows(rows[first : np.searchsorted(TIMES, selection.end.timestamp(), side="right")])


NAMES = BaseNames(
    [
        NamedObject(CLOCK_BASE, 8, CLOCK.attribute.obis),
        NamedObject(PROFILE_BASE, 7, PROFILE, 1),
        NamedObject(IMPORT_BASE, 3, IMPORT),
        NamedObject(EXPORT_BASE, 3, EXPORT),
        NamedObject(TEXT_BASE, 1, TEXT),
        NamedObject(RELAY_BASE, 70, RELAY),
    ]
)
HOUR = Range(START + timedelta(hours=1), START + timedelta(hours=2))


def reader(**changes: object) -> tuple[int, ClientSettings]:
    """A client with a password."""
    settings: dict[str, object] = {"password": PASSWORD, "short_names": NAMES, **changes}
    return READER, ClientSettings(Mechanism.LLS, **settings)  # type: ignore[arg-type]


def manager(**changes: object) -> tuple[int, ClientSettings]:
    """A client with keys and HLS."""
    settings: dict[str, object] = {"keys": KEYS, "title": CLIENT_TITLE, "short_names": NAMES, **changes}
    return MANAGER, ClientSettings(Mechanism.HLS_GMAC, **settings)  # type: ignore[arg-type]


def connect(access: tuple[int, ClientSettings]) -> ClientConnection:
    """An unassociated connection of a client to logical device 1."""
    client, settings = access
    return ClientConnection(settings, WrapperFraming(client, 1))
