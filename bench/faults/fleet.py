"""A fleet in which each fault the simulator knows has its share, and how readings of such a meter have to end."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

SHARE = 0.05
DAYS = 2
"""Since when the meters hang: a load profile comes in blocks, billing values and events in one answer."""
OF_KILLS = frozenset({"", "worker_lost", "database_away"})
"""Causes an item may have met first, whatever its meter has."""
_SHORT = frozenset({"daily", "events"})


@dataclass(frozen=True)
class Ill:
    """A fault, and the cause readings end with; "" where they have to end well, as all of the kinds in `well`."""

    kind: str
    fields: dict[str, Any] = field(default_factory=dict, hash=False)
    cause: str = ""
    well: frozenset[str] = frozenset()

    @property
    def ahead(self) -> bool:
        """Whether the clock of the meter is fast."""
        return self.kind == "wrong_clock" and self.fields["offset_s"] > 0

    def explains(self, kind: str, state: str, first_cause: str, last_cause: str) -> bool:
        """Whether an item of this kind of job has to end like this."""
        cause = "" if kind in self.well else self.cause
        ended = (state, last_cause) == ("failed" if cause else "ok", cause)
        return ended and (first_cause == cause or first_cause in OF_KILLS)

    def __str__(self) -> str:
        told = [f"{name}={value}" for name, value in self.fields.items() if name not in ("start", "end")]
        return " ".join([self.kind, *told])


HEALTHY = Ill("none")


def faults(now: datetime) -> list[Ill]:
    """Every kind; those of the data lie in the day before `now`, for the meter stands still there."""
    gap = {"start": (now - timedelta(hours=20)).isoformat(), "end": (now - timedelta(hours=18)).isoformat()}
    failure = {"start": (now - timedelta(hours=9)).isoformat(), "end": (now - timedelta(hours=8)).isoformat()}
    return [
        Ill("gap", gap),
        Ill("power_failure", failure),
        Ill("wrong_clock", {"offset_s": 300}),
        Ill("slow", {"delay_ms": 400}),
        Ill("wrong_counter", {"ahead": 1_000_000}),
        Ill("silent", {}, "connection_refused"),
        Ill("silent", {"black_hole": True}, "no_answer"),
        Ill("refuse_association", {}, "rejected_association"),
        Ill("busy", {}, "connection_cut"),
        Ill("garbage", {}, "garbage"),
        Ill("wrong_key", {}, "wrong_key"),
        Ill("cut", {"after_bytes": 1_500}, "connection_cut", well=_SHORT),
        Ill("drop", {"after": 2, "count": 1}, "no_answer"),
        Ill("corrupt", {"after": 2, "count": 1}, "altered"),
        Ill("lost_block", {"number": 1}, "block_lost", well=_SHORT),
        Ill("temporary_failure", {}, "refused"),
        Ill("not_possible", {}, "refused"),
    ]


def make_ill(fleet: Path, now: datetime) -> dict[str, Ill]:
    """Give `SHARE` of the meters each fault, at least one; what every ill meter has, by its serial number."""
    content = json.loads(fleet.read_text())
    meters = iter(content["meters"])
    each = max(1, round(SHARE * len(content["meters"])))
    chosen: dict[str, Ill] = {}
    for ill in faults(now):
        for _ in range(each):
            meter = next(meters)
            meter["faults"] = [{"kind": ill.kind, **ill.fields}]
            chosen[meter["serial"]] = ill
    fleet.write_text(json.dumps(content))
    return chosen
