"""What one session is, for both sides: keys, objects, and the steps of the asking side.

connect → AARQ, HLS with GMAC → clock → 96 rows × 4 columns by range, in blocks of 1,024 octets → 13 registers whose
scalers are known, in lists → release. Suite 0, every message authenticated and encrypted.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from headend.transport import Line, connect
from protocols.dlms.columns import Table
from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.cosem import Attribute
from protocols.dlms.exchange import Exchange, associate, release
from protocols.dlms.obis import Obis
from protocols.dlms.objects import (
    CLOCK_TIME,
    DATA,
    REGISTER,
    ProfileLayout,
    RegisterName,
    read_clock,
    read_profile,
    read_registers,
)
from protocols.dlms.security import KeySet, SendCounter
from protocols.dlms.selection import Capture, Range
from protocols.dlms.tags import Mechanism
from protocols.dlms.units import ScalerUnit
from protocols.wrapper import WrapperFraming

HOST = "127.0.0.1"
KEYS = KeySet(bytes(range(16)), bytes(range(16, 32)))
METER_TITLE, OUR_TITLE = b"AIM\0\0\0\0\x01", b"AIM\0\0\0\0\x02"
MAX_PDU = 1024
PATIENCE_S = 20.0
ROWS, PERIOD_S = 96, 900
DAY = datetime(2026, 3, 2, tzinfo=UTC)
RANGE = Range(DAY, DAY + timedelta(seconds=PERIOD_S * (ROWS - 1)))
WATT_HOURS = ScalerUnit(0, 30)
_TOTALS = [f"{quantity}.8.0" for quantity in (1, 2, 3, 4)]
_RATES = ["1.8.1", "1.8.2"]
_PRESENT = [f"{quantity}.7.0" for quantity in (1, 32, 52, 72, 31, 51, 71)]
REGISTERS = [RegisterName(Obis.parse(f"1-0:{code}"), unit=WATT_HOURS) for code in _TOTALS + _RATES + _PRESENT]
PROFILE = Obis.parse("1-0:99.1.0")
_STATUS = Attribute(DATA, Obis.parse("0-0:96.10.1"), 2)
_IMPORT, _EXPORT = (Attribute(REGISTER, name.obis, 2) for name in REGISTERS[:2])
LAYOUT = ProfileLayout(PROFILE, tuple(map(Capture, (CLOCK_TIME, _STATUS, _IMPORT, _EXPORT))), PERIOD_S)

T = TypeVar("T")
Wrap = Callable[[Exchange[T]], Exchange[T]]
Script = list[tuple[int, int]]


class Session:
    """The asking side of one session; `script`, where given, notes the octets of every request and reply."""

    def __init__(self, line: Line, script: Script | None = None) -> None:
        self.line = line
        self._script = script
        settings = ClientSettings(
            Mechanism.HLS_GMAC,
            keys=KEYS,
            title=OUR_TITLE,
            counter=SendCounter(),
            expected_title=METER_TITLE,
            max_pdu=MAX_PDU,
        )
        self._connection = ClientConnection(settings, WrapperFraming(own=1, peer=1))

    async def associate(self) -> None:
        """Open the association."""
        await self._run(associate(self._connection))

    async def read(self) -> Table:
        """Clock, profile and registers; gives the profile."""
        await self._run(read_clock(self._connection))
        table = await self._run(read_profile(self._connection, LAYOUT, RANGE))
        await self._run(read_registers(self._connection, REGISTERS))
        return table

    async def release(self) -> None:
        """Close the association."""
        await self._run(release(self._connection))

    async def _run(self, exchange: Exchange[T]) -> T:
        return await self.line.run(exchange if self._script is None else _noted(exchange, self._script))


async def pull(port: int, script: Script | None = None) -> None:
    """One whole session. RuntimeError unless all rows came: sessions that fail would measure nothing."""
    line = await connect(HOST, port, patience_s=PATIENCE_S)
    try:
        session = Session(line, script)
        await session.associate()
        table = await session.read()
        await session.release()
    finally:
        line.close()
    if table.columns[0].values.shape != (ROWS,):
        raise RuntimeError(f"{table.columns[0].values.size} rows came instead of {ROWS}")


def _noted(exchange: Exchange[T], script: Script) -> Generator[bytes, bytes, T]:
    """The same exchange; every request and the octets up to the next one go into the script."""
    try:
        said = next(exchange)
        while True:
            if said:
                script.append((len(said), 0))
            heard = yield said
            script[-1] = (script[-1][0], script[-1][1] + len(heard))
            said = exchange.send(heard)
    except StopIteration as stop:
        result: T = stop.value
        return result
