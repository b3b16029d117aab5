"""Texts of meters as a database can keep them: whatever octets a device sends, they must not stop its values."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from headend.plan import LogEntries
from headend.storing.outcome import Outcome

V = TypeVar("V", str, int | str)

_NUL, _SHOWN = "\0", "\N{REPLACEMENT CHARACTER}"
"""PostgreSQL keeps no NUL in a text."""


def cleaned(outcome: Outcome) -> Outcome:
    """The outcome with texts that can be stored, in identification, log entries and what is told of the session."""
    readings = outcome.readings
    if not (readings.identification or readings.logs or outcome.trace.detail):
        return outcome
    return replace(
        outcome,
        readings=replace(
            readings,
            identification=_texts(readings.identification),
            logs=[_log(log) for log in readings.logs],
        ),
        trace=replace(outcome.trace, detail=storable(outcome.trace.detail)),
    )


def storable(text: str) -> str:
    """The text with NUL and halves of surrogate pairs replaced."""
    return text.replace(_NUL, _SHOWN).encode("utf-8", "replace").decode()


def _log(log: LogEntries) -> LogEntries:
    return replace(log, entries=tuple(replace(entry, details=_texts(entry.details)) for entry in log.entries))


def _texts(found: Mapping[str, V]) -> dict[str, V]:
    return {name: storable(value) if isinstance(value, str) else value for name, value in found.items()}
