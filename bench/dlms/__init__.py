"""DLMS/COSEM on one core: decoding profiles, complete ciphered sessions, thousands of sessions held open.

`decoding` is about the octets alone, `sessions` compares whole sessions with bare loops, `held` counts the memory of
2,000 sessions in one process.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.dlms import decoding, holding, sessions
from bench.report import Figure


def run(quick: bool) -> Iterator[Figure]:
    """Measure with 40 rounds, or 15 when `quick`."""
    rounds = 15 if quick else 40
    yield from decoding.figures(rounds)
    yield from sessions.figures(rounds)
    yield from holding.figures()
