"""What a right reading of the fleet must find: counts and sums computed from the model, never from what was sent."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from simulator.household import QUARTER
from simulator.localtime import DAY
from simulator.meter import Meter
from simulator.profiles import HOUR, Rows
from simulator.slaves import Slave

LOAD_PROFILE, DAILY_PROFILE = "1-0:99.1.0", "1-0:99.2.0"
SLAVE_PROFILE = "0-n:24.3.0"


# Of one register: `rows` a profile holds, the `sum` of their stands, and in how many `intervals` (pairs of rows one
# capture period apart) which `energy` was metered.
RegisterTruth = dict[str, int]
Truth = dict[str, RegisterTruth]


def _columns(rows: Rows, profile: str) -> dict[str, NDArray[np.int64]]:
    columns = {"1-0:1.8.0": rows.stands.imported, "1-0:2.8.0": rows.stands.export}
    if profile == DAILY_PROFILE:
        columns |= {"1-0:1.8.1": rows.stands.import_t1, "1-0:1.8.2": rows.stands.import_t2}
    return columns


def _periods(rows: Rows, profile: str) -> NDArray[np.bool_]:
    """Which neighbouring rows are one capture period apart (a local day has 23 to 25 hours)."""
    apart = np.diff(rows.stamps)
    return np.asarray(np.abs(apart - DAY) <= 3600 if profile == DAILY_PROFILE else apart == QUARTER)


def meter_truth(meter: Meter, start: int, end: int, profile: str = LOAD_PROFILE) -> Truth:
    """Per register OBIS what the rows stamped in [start, end) hold now; instants in UTC epoch seconds."""
    recording, now = meter.recording, meter.now()
    held = recording.load_rows if profile == LOAD_PROFILE else recording.daily_rows
    rows = held(now, start, end - 1)
    whole = _periods(rows, profile)
    return {obis: _register(stands, whole) for obis, stands in _columns(rows, profile).items()}


def slave_truth(slave: Slave, start: int, end: int, now: int) -> Truth:
    """What the master holds of a gas meter in rows stamped in [start, end); here `energy` are litres."""
    rows = slave.recording.hourly_rows(now, start, end - 1)
    return {"7-0:3.0.0": _register(rows.stands.imported, np.diff(rows.stamps) == HOUR)}


def _register(stands: NDArray[np.int64], whole: NDArray[np.bool_]) -> RegisterTruth:
    return {
        "rows": len(stands),
        "sum": int(stands.sum()),
        "intervals": int(whole.sum()),
        "energy": int(np.diff(stands)[whole].sum()),
    }


def totals(truths: Iterable[Truth]) -> Truth:
    """The sum of many meters per register."""
    added: dict[str, Counter[str]] = {}
    for truth in truths:
        for obis, register in truth.items():
            count = added.setdefault(obis, Counter())
            count.update(register)
    return {obis: dict(count) for obis, count in added.items()}
