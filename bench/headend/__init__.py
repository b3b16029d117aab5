"""The head-end at fleet scale: a day pulled, reading on demand beside bulk work."""

from __future__ import annotations

from collections.abc import Iterator

from bench.headend import pull
from bench.report import Figure


def run(quick: bool) -> Iterator[Figure]:
    """All figures; `quick` with smaller fleets."""
    yield from pull.run(quick)
