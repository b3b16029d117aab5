"""Instantaneous values of a meter: voltages, currents and frequency that fit its power and change every minute."""

from dataclasses import dataclass

from simulator.seeds import mixed

NOMINAL_DECIVOLT, NOMINAL_CENTIHERTZ = 2300, 5000
# A feeder of some 0.25 ohm: the voltage of a phase falls by about 1 V for a kilowatt on it.
DECIVOLT_PER_KILOWATT = 10


@dataclass(frozen=True, slots=True)
class Phases:
    """Voltages in 0.1 V, currents in 0.01 A of L1, L2, L3; frequency in 0.01 Hz."""

    voltages: tuple[int, int, int]
    currents: tuple[int, int, int]
    frequency: int


def phases(seed: int, at: int, power_w: int) -> Phases:
    """Values at an instant (UTC epoch seconds) under a net power in W (export negative).

    Frequency is the same in the whole fleet, as in a real grid.
    """
    minute = at // 60
    # Where the house hangs on its feeder: up to 4 V above and 8 V below nominal.
    place = mixed(seed, 0x401) % 120 - 80
    shares = [20 + mixed(seed, 0x402, phase, at // 900) % 60 for phase in range(3)]
    loads = [power_w * share // sum(shares) for share in shares]
    voltages = [_voltage(place + mixed(seed, 0x403, phase, minute) % 21 - 10, loads[phase]) for phase in range(3)]
    currents = [abs(load) * 1000 // voltage for load, voltage in zip(loads, voltages, strict=True)]
    frequency = NOMINAL_CENTIHERTZ + mixed(0x50, minute) % 9 - 4
    return Phases((voltages[0], voltages[1], voltages[2]), (currents[0], currents[1], currents[2]), frequency)


def _voltage(shift: int, load_w: int) -> int:
    return NOMINAL_DECIVOLT + shift - load_w * DECIVOLT_PER_KILOWATT // 1000
