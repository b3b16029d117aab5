"""The demo utility around the fleet, with limits of its network segments; for hasty runs with less to wait for."""

from __future__ import annotations

import json
from pathlib import Path

from bench.faults.fleet import DAYS
from bench.faults.load import Load
from headend import causes
from rig.private import PrivateSystem
from rig.processes import CLONE

_IN_CELLS = "UPDATE devices_device SET cell = 'cell ' || id % 4"
_LIMIT = "INSERT INTO headend_segmentlimit (kind, name, sessions) VALUES ('cell', '', %s)"
_RULE = """
INSERT INTO headend_retryrule (utility_id, cause, attempts, first_wait_s, factor, longest_wait_s, jitter_percent)
SELECT id, cause, 2, 1, 1, 1, 20 FROM access_utility, unnest(%s::text[]) AS cause
"""
_OURS = {causes.WORKER_LOST, causes.DATABASE_AWAY}
_MODEL = "aim-sm3.json"
_SHIPPED = CLONE / "devices" / "description_files" / _MODEL
_PATIENCE_S = 3


def prepare(system: PrivateSystem, fleet: Path, load: Load) -> None:
    """Everything on file, the first readings due."""
    if load.hasty:
        _lose_patience_soon(system.folder / "device-models")
    system.processes.do("manage.py", "migrate", "--verbosity", "0")
    system.processes.do("manage.py", "demo_load", "--fleet", str(fleet), "--days", str(DAYS))
    system.execute(_IN_CELLS)
    system.execute(_LIMIT, [load.sessions_per_cell])
    if load.hasty:
        system.execute(_RULE, [[cause for cause in causes.RULES if cause not in _OURS]])


def _lose_patience_soon(folder: Path) -> None:
    """The model of the fleet with another patience, in the folder of descriptions of one's own."""
    shipped = json.loads(_SHIPPED.read_text())
    transport = {**shipped.get("transport", {}), "patience_s": _PATIENCE_S}
    folder.mkdir()
    (folder / _MODEL).write_text(json.dumps({**shipped, "transport": transport}))
