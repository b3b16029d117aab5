"""Repeatable parts of a fleet: keys, addresses, and which of many are chosen."""

import hashlib
from collections.abc import Iterator

from simulator.seeds import mixed

PORT = 4059
SINGLE_HOST_PORT = 20_000


def key(seed: int, number: int, purpose: str) -> bytes:
    """16 octets that depend on nothing but seed, number and purpose."""
    return hashlib.sha256(f"openaim simulator {seed} {number} {purpose}".encode()).digest()[:16]


def address(number: int, single_host: bool) -> tuple[str, int]:
    """Where meter `number` (from 0) listens: its own address from 127.10.0.1 on, or its own port of 127.0.0.1."""
    if single_host:
        return "127.0.0.1", SINGLE_HOST_PORT + number
    block, host = divmod(number, 250)
    upper, lower = divmod(block, 250)
    return f"127.{10 + upper}.{lower}.{host + 1}", PORT


def drawn(seed: int, count: int, purpose: int) -> Iterator[int]:
    """The numbers 0 to count - 1 in a seeded order."""
    return iter(sorted(range(count), key=lambda number: mixed(seed, number, purpose)))
