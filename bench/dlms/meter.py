"""The answering side of the sessions: `python -m bench.dlms.meter` serves until it is ended and prints its port.

Every connection meets a meter of its own, so that all sessions may use the same keys and counters.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import cast

import numpy as np
import uvloop

from bench.dlms import pull
from bench.limits import allow_open_files
from protocols.dlms.columns import ClockColumn, IntegerColumn, encode_rows
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import double_long_unsigned
from protocols.dlms.selection import Entries, Range
from protocols.dlms.server import (
    LogicalDevice,
    ServerSession,
    TableObject,
    clock_object,
    management_association,
    register_object,
)
from protocols.dlms.tags import Tag

OPEN_FILES = 8192


class Meter(asyncio.Protocol):
    """One connection to one meter."""

    def __init__(self, objects: list[TableObject]) -> None:
        terms = [management_association(pull.KEYS)]
        device = LogicalDevice("AIM00000001", pull.METER_TITLE, objects, terms, max_pdu=pull.MAX_PDU)
        self._session = ServerSession(device)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(self._session.handle(data))
        if self._session.closed:
            self._transport.close()


def objects() -> list[TableObject]:
    """Clock, 13 registers, and a profile that holds the wanted day and nothing else."""
    quarters = np.arange(pull.ROWS, dtype=np.int64)
    buffer = encode_rows(
        [
            ClockColumn(int(pull.DAY.timestamp()) + pull.PERIOD_S * quarters, UTC),
            IntegerColumn(Tag.UNSIGNED, quarters * 0 + 8),
            IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, quarters * 170),
            IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, quarters // 9),
        ]
    )

    def stored(_selection: Range | Entries | None) -> Encoded:
        return buffer

    profile = TableObject(7, 1, pull.PROFILE, {4: double_long_unsigned(pull.PERIOD_S)}, selected={2: stored})
    registers = [
        register_object(name.obis, double_long_unsigned(1_000 + place), pull.WATT_HOURS)
        for place, name in enumerate(pull.REGISTERS)
    ]
    return [clock_object(lambda: datetime.now(UTC)), profile, *registers]


async def serve() -> None:
    """Serve until killed; prints the port."""
    meters = partial(Meter, objects())
    server = await asyncio.get_running_loop().create_server(meters, pull.HOST, 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    allow_open_files(OPEN_FILES)
    uvloop.run(serve())
