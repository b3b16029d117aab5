"""A format of our own, so that tests see an export between two parts: a line per value, written part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count

from integration.exports import registry
from integration.exports.options import Options
from integration.exports.registry import Format
from integration.formats.portion import Channel, Letterhead, Portion

_acts: dict[int, Callable[[], object]] = {}


@contextmanager
def after_part(number: int, act: Callable[[], object]) -> Iterator[None]:
    """While this lasts, `act` happens when part `number` was written, outside transactions."""
    _acts[number] = act
    try:
        yield
    finally:
        del _acts[number]


def _write(portions: Iterable[Portion], head: Letterhead, options: Options) -> Iterator[bytes]:
    for number, portion in zip(count(1), portions, strict=False):
        for channel, at, value in zip(portion.channel, portion.at, portion.values, strict=True):
            yield f"{portion.channels[channel].point};{at};{value}\n".encode()
        _acts.get(number, _nothing)()


def _nothing() -> None:
    """What happens after most parts."""


def _any(channel: Channel) -> str:
    return ""


SLOW = Format("slow", "Slow", "txt", "text/plain", _write, _any)


@contextmanager
def registered() -> Iterator[None]:
    """While this lasts the format is known."""
    registry.register_format(SLOW)
    try:
        yield
    finally:
        registry._formats.pop(SLOW.name)
