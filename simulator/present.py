"""What a meter shows right now, computed once a second at most."""

from dataclasses import dataclass

import numpy as np

from simulator.electric import Phases, phases
from simulator.meter import Meter


@dataclass(frozen=True, slots=True)
class Reading:
    """Stands in Wh, power in W and phase values at one instant."""

    import_t1: int
    import_t2: int
    export: int
    power_in: int
    power_out: int
    phases: Phases


class Present:
    """The latest reading of a meter, kept while its second lasts: a client asks for a dozen registers at once."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._at = -1
        self._reading: Reading | None = None

    def __call__(self) -> Reading:
        now = self._meter.now()
        if self._reading is None or now != self._at:
            self._at, self._reading = now, self._read(now)
        return self._reading

    def _read(self, now: int) -> Reading:
        recording = self._meter.recording
        stands = recording.stands(np.array([now], np.int64), now)
        taken, given = recording.registers.power(now)
        shown = phases(self._meter.spec.seed, now, taken - given)
        return Reading(int(stands.import_t1[0]), int(stands.import_t2[0]), int(stands.export[0]), taken, given, shown)
