"""The kind of job that reads stretches of load profiles again: those of values in doubt, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headend import causes, kinds
from headend.causes import SessionError
from headend.kinds import JobKind
from headend.knowledge import Knowledge
from headend.plan import Plan
from headend.plan import Stretch as Rows
from headend.rereads import cheapest

STRETCHES = "stretches"
"""The parameter: by device the stretches to read, `[[start, end], …]` as instants in ISO 8601, both included."""


def plan(known: Knowledge, parameters: Mapping[str, Any], now: datetime) -> Plan:
    """The stretches asked of this device, those that lie close together as one."""
    profile = known.description.interval_profile
    if profile is None:
        raise SessionError(causes.UNSUPPORTED_MODEL, f"{known.description.name} describes no load profile")
    asked = parameters.get(STRETCHES, {}).get(str(known.device.pk), ())
    edges = [(datetime.fromisoformat(start), min(datetime.fromisoformat(end), now)) for start, end in asked]
    rows = [Rows(profile.obis, start, end) for start, end in edges if start <= end]
    return Plan(profiles=tuple(cheapest(rows, {profile.obis: profile.interval_s})))


KIND = JobKind("reread", "Values in doubt", plan, offered=False)


def connect() -> None:
    """Make the kind known to the head-end."""
    kinds.register(KIND)
