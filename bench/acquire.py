"""Reading meters: complete sessions against the simulator, and bare loops with the same round trips.

A session is what a scheduled reading does: connect, AARQ, HLS with GMAC, clock, 96 rows of load profile by range in
blocks, 13 registers with scalers and units, release; everything ciphered. The other side runs in a process of its own
in both cases, so both loops have a core to themselves. Rounds alternate between ours and the bare loops
(`bench.rounds`). The last figures add claiming and storing, end to end.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop
from django.core.management import call_command

from bench.recording import claim_for, counters, demand_whole, recorded
from bench.report import Figure
from bench.rounds import alternate, bare_side, best, costs_against, one_round, process
from devices.models import Contact, Device
from headend.knowledge import Knowledge, know
from headend.models import Job
from headend.plan import Plan, Stretch
from headend.services.jobs import Order, create_job
from headend.sessions import run_session
from headend.wake import BULK
from headend.worker import work_off

GOAL = 0.35


def run(quick: bool) -> Iterator[Figure]:
    """Measure with 200 meters, or 100 and for a shorter time when `quick`."""
    meters, rounds = (100, 18) if quick else (200, 40)
    with TemporaryDirectory() as folder:
        fleet = Path(folder) / "fleet.json"
        _simulator("make-fleet", "--meters", str(meters), "--healthy", "--single-host", "--out", str(fleet))
        call_command("demo_load", fleet=fleet, stdout=sys.stderr)
        with process(["-m", "simulator", "serve", "--fleet", str(fleet), "--control", "127.0.0.1:0"], "ready"):
            yield from _measure(rounds)
            yield from _end_to_end()


def _measure(rounds: int) -> Iterator[Figure]:
    known = _known()
    first = next(iter(known.values()))
    script = uvloop.run(recorded(first, _plan(first)))
    yield Figure("round trips per session", len(script), "")
    yield Figure("octets per session", sum(map(sum, script)), "octets")
    readings = [_reading(each) for each in known.values()]
    with bare_side("streams", script) as streams, bare_side("callbacks", script) as callbacks:
        measured = alternate(rounds, lambda: one_round(readings, uvloop.run), streams, callbacks)
    ours, by_streams, by_callbacks = map(best, measured)
    yield Figure("sessions", ours.rate, "sessions/s")
    yield Figure("bare asyncio + AES-GCM", by_streams.rate, "sessions/s")
    yield Figure("bare uvloop callbacks + AES-GCM", by_callbacks.rate, "sessions/s")
    yield Figure("sessions against bare asyncio", ours.rate / by_streams.rate, "of 1", GOAL)
    yield Figure("sessions against bare uvloop callbacks", ours.rate / by_callbacks.rate, "of 1")
    yield Figure("sessions against bare asyncio, per core", costs_against(measured[0], measured[1]), "of 1")
    yield Figure("processor time of the reading side, per session", ours.cost_us, "µs")
    yield Figure("processor time of the reading side, bare asyncio", by_streams.cost_us, "µs")
    yield Figure("processor time of the reading side, bare uvloop callbacks", by_callbacks.cost_us, "µs")


def _end_to_end() -> Iterator[Figure]:
    """Two jobs over all devices, claimed, read and stored: first everything the meters hold, then once more."""
    devices = Device.objects.all()
    utility = devices[0].utility
    Contact.objects.update(next_counter=next(counters))  # the meters have seen those of the rounds before
    for figure, kind in (("60 days read and stored", "profile"), ("daily values read and stored", "daily")):
        job = create_job(utility=utility, order=Order(kind=kind, title=figure), devices=devices)
        begun = time.perf_counter()
        work_off(BULK)
        seconds = time.perf_counter() - begun
        _check(job)
        rows = sum(item["rows"] for item in job.items.values_list("result", flat=True))
        yield Figure(figure, devices.count() / seconds, "meters/s")
        yield Figure(f"{figure}: rows", rows / seconds, "rows/s")


def _known() -> dict[int, Knowledge]:
    """Knowledge with layouts on file, as of meters that have been read before."""
    devices = list(Device.objects.select_related("model", "utility", "contact"))
    fresh, _ = know(devices)
    first = next(iter(fresh.values()))
    outcome = uvloop.run(run_session(claim_for(first), first, _plan(first)))
    demand_whole(outcome)
    layouts = {layout.obis: replace(layout, known=True) for layout in outcome.readings.layouts}
    return {pk: replace(known, layouts=layouts) for pk, known in fresh.items()}


def _reading(known: Knowledge) -> Callable[[], Awaitable[object]]:
    claim, plan = claim_for(known), _plan(known)

    async def read() -> None:
        demand_whole(await run_session(replace(claim, first_counter=next(counters)), known, plan))

    return read


def _plan(known: Knowledge) -> Plan:
    profile = known.description.interval_profile
    assert profile is not None
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(seconds=profile.interval_s * 95)
    return Plan(registers=known.description.registers, profiles=(Stretch(profile.obis, start, end),))


def _check(job: Job) -> None:
    tally = job.items.all().tally()
    if set(tally) != {"ok"}:
        raise RuntimeError(f"{job}: {tally}")


def _simulator(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "simulator", *arguments], check=True, stdout=sys.stderr)  # noqa: S603
