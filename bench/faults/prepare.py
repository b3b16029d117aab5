"""The demo utility around the fleet, with limits of its network segments and rules for tries."""

from __future__ import annotations

from pathlib import Path

from bench.faults.load import Load
from headend.causes import RULES
from rig.private import PrivateSystem

_IN_CELLS = "UPDATE devices_device SET cell = 'cell ' || id % 4"
_LIMIT = "INSERT INTO headend_segmentlimit (kind, name, sessions) VALUES ('cell', '', {sessions})"
_RULES = """
INSERT INTO headend_retryrule (utility_id, cause, attempts, first_wait_s, factor, longest_wait_s, jitter_percent)
SELECT utility.id, rule.cause, rule.attempts, {wait_s}, 1, {wait_s}, 20
FROM access_utility utility, (VALUES {rules}) AS rule (cause, attempts)
"""


def prepare(system: PrivateSystem, fleet: Path, load: Load) -> None:
    """Everything on file, the first readings due."""
    system.processes.do("manage.py", "migrate", "--verbosity", "0")
    system.processes.do("manage.py", "demo_load", "--fleet", str(fleet), "--days", str(load.days))
    system.execute(_IN_CELLS)
    system.execute(_LIMIT.format(sessions=load.sessions_per_cell))
    if load.wait_s is not None:
        rules = ", ".join(f"('{cause}', {rule.attempts})" for cause, rule in RULES.items())
        system.execute(_RULES.format(wait_s=load.wait_s, rules=rules))
