"""`python -m bench.dlms.held PORT COUNT`: opens sessions, holds them, prints resident octets before and after as JSON.

A process of its own: nothing else has left its memory behind there.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from pathlib import Path

import uvloop

from bench.dlms.pull import HOST, PATIENCE_S, Session, pull
from bench.limits import allow_open_files
from headend.transport import connect

SPARE_FILES = 64
_AT_ONCE = 100


async def hold(port: int, count: int) -> dict[str, int]:
    """Resident octets of this process `before` and `after` opening; every session is then still able to read."""
    await pull(port)  # what the first session brings in, code and tables, belongs to no session
    before = resident()
    slots = asyncio.Semaphore(_AT_ONCE)

    async def opened() -> Session:
        async with slots:
            return await _open(port)

    held = await asyncio.gather(*(opened() for _ in range(count)))
    gc.collect()
    after = resident()
    for session in (held[0], held[-1]):
        await session.read()
    for session in held:
        session.line.close()
    return {"sessions": len(held), "before": before, "after": after}


async def _open(port: int) -> Session:
    session = Session(await connect(HOST, port, patience_s=PATIENCE_S))
    await session.associate()
    return session


def resident() -> int:
    """Octets of this process that are in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    wanted = int(sys.argv[2])
    allow_open_files(wanted + SPARE_FILES)
    print(json.dumps(uvloop.run(hold(int(sys.argv[1]), wanted))), flush=True)
