"""Complete ciphered sessions against bare loops, in one process over uvloop with the lines of the head-end.

What is compared is processor time of the asking process per session, user and system: that is what a core is worth,
and it does not matter which answering side is the slower one. Ours answers with the product's server half, the bare
ones replay octets; wall-clock rates are printed beside it and may be bounded by the answering process. The ratios are
medians of rounds that followed each other. The bare loops do the same round trips with the same octets, one AES-GCM
operation each way: once with streams on asyncio's own loop, once with callbacks on uvloop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import uvloop

from bench import bare
from bench.dlms.pull import Script, pull
from bench.report import Figure
from bench.rounds import Speed, alternate, bare_side, best, costs_against, one_round, process

GOAL = 0.5


def figures(rounds: int) -> Iterator[Figure]:
    """Rates, processor time per session, and the ratios of that."""
    with process(["-m", "bench.dlms.meter"], "") as printed:
        port = int(printed)
        script = bare.script_of(uvloop.run(_script(port)))
        with bare_side("streams", script) as streams, bare_side("callbacks", script) as callbacks:
            measured = alternate(rounds, lambda: one_round([lambda: pull(port)], uvloop.run), streams, callbacks)
    ours, by_streams, by_callbacks = measured
    yield Figure("round trips per session", len(script), "")
    yield Figure("octets per session", sum(map(sum, script)), "octets")
    yield from _speed("sessions", ours)
    yield from _speed("bare asyncio + AES-GCM", by_streams)
    yield from _speed("bare uvloop callbacks + AES-GCM", by_callbacks)
    yield Figure("sessions against bare asyncio, per core", costs_against(ours, by_streams), "of 1", GOAL)
    yield Figure("sessions against bare uvloop callbacks, per core", costs_against(ours, by_callbacks), "of 1")


def _speed(name: str, speeds: Sequence[Speed]) -> Iterator[Figure]:
    speed = best(speeds)
    yield Figure(f"{name}: processor time of the asking side, each", speed.cost_us, "µs")
    yield Figure(f"{name}: by the clock", speed.rate, "sessions/s")


async def _script(port: int) -> Script:
    """Octets of every request and reply of one session."""
    script: Script = []
    await pull(port, script)
    return script
