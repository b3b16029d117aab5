"""The head-end at fleet scale: permits, a day pulled, reading on demand beside bulk work, pushes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.headend import on_demand, permits, pull, push
from bench.headend.world import SPARE_FILES, load, on_network
from bench.limits import most_open_files
from bench.report import Figure


def run(quick: bool) -> Iterator[Figure]:
    """A day pulled from 5,000 meters, and on-demand reading beside a job of 20,000; 400 and 600 when `quick`.

    Of fewer where the system does not allow a socket for each.
    """
    yield from permits.run(quick)
    pulled, beside = (400, 600) if quick else (5_000, min(20_000, most_open_files() - SPARE_FILES - on_demand.ASKED))
    yield Figure("devices of the bulk job", beside, "")
    with TemporaryDirectory() as folder:
        fleet = load(beside + on_demand.ASKED, Path(folder))
        with on_network(fleet):
            yield from pull.run(pulled, quick=quick)
        with on_network(fleet, delay_ms=on_demand.DELAY_MS):
            yield from on_demand.run(quick)
    yield from push.run(quick)
