"""The bounded run: seeded damage, floods within the time allowed, memory within a limit."""

import random
import tracemalloc

import pytest

from protocols.errors import RemoteProtocolError
from tests.protocols.fuzzing.checking import BrokenError, Target
from tests.protocols.fuzzing.floods import floods
from tests.protocols.fuzzing.mutation import damaged, packed, unpacked
from tests.protocols.fuzzing.regressions import REGRESSIONS
from tests.protocols.fuzzing.targets import TARGETS

INPUTS = 1500
LARGE = 1 << 16
MOST_MEMORY = 48 << 20
"""Octets in use at most while 64 kB are decoded."""
every_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


@every_target
def test_damaged_octets(target: Target) -> None:
    chance, seeds = random.Random(target.name), target.seeds()
    assert sum(map(target.check, seeds)) > 0
    for _ in range(INPUTS):
        target.check(damaged(chance, seeds))


@every_target
def test_floods_end_soon(target: Target) -> None:
    for flood in floods(target, LARGE):
        target.check_soon(flood)


@every_target
def test_floods_take_bounded_memory(target: Target) -> None:
    inputs = floods(target, LARGE)
    target.check(inputs[0])
    tracemalloc.start()
    try:
        for flood in inputs[:: max(1, len(inputs) // 8)]:
            target.check(flood)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY


@pytest.mark.parametrize(("name", "octets"), REGRESSIONS)
def test_what_once_failed(name: str, octets: str) -> None:
    TARGETS[name].check(bytes.fromhex(octets))


def _wordless(_: bytes) -> bytes:
    raise RemoteProtocolError(cause=next(iter(TARGETS)), message="")  # type: ignore[arg-type]


def test_the_invariants_can_be_broken() -> None:
    for target in (
        Target("unstable", lambda octets: octets, lambda: [b""], lambda octets: octets + b"x"),
        Target("wordless", _wordless, lambda: [b""]),
    ):
        with pytest.raises(BrokenError, match=target.name):
            target.check(b"input")
    with pytest.raises(BrokenError, match="allowed"):
        Target("slow", lambda _: sum(range(100_000)), lambda: [b""], seconds=0.001).check_soon(b"")
    with pytest.raises(ZeroDivisionError):
        Target("foreign", lambda octets: 1 // len(octets), lambda: [b""]).check(b"")


def test_several_messages_make_one_input() -> None:
    parts = [b"", b"one", bytes(300)]
    assert unpacked(packed(parts)) == parts
    assert unpacked(b"\x00\x09ab") == [b"ab"]
    assert len(unpacked(bytes(1000))) == 32
