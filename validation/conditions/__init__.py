"""Conditions of rules: what may be wrong with a value. Each module beside `condition` has a family.

================  ====================================================================================
presence          missing, zero, anything, not missing, negative, positive
limits            higher or lower than a limit, than average and median, than fuse and phases let pass
formulas          check function: any formula over the value, its neighbours, statistics, other series
usage             energy of a day against the days before (V12), peaks (V13)
shapes            spikes (V10), steps (V9), flat stretches (V15), long zeros (V7)
registers         sum of a day against the register (V11), wrong multiplier (V16)
states            status of the meter (V24, V25), outages (V27), meters not in service (V21), estimates (V20)
companions        other channels of the meter (V22), check meter (V28), reactive energy and voltages (V26)
sentinels         numbers that stand for errors (V29)
================  ====================================================================================

What the store refuses or settles itself needs no rule: interval length, duplicates, replacement, unit, and whose meter
it was (V2 to V5, V23), as `validation.kernels.structure` tells. Estimates are judged again by the engine (V30).
Conditions for registers (V17 to V19) are in `validation.periodic`.
"""

# In the order people choose them in.
from validation.conditions import presence, limits, formulas  # noqa: I001
from validation.conditions import usage, shapes, registers, states, companions, sentinels

__all__ = ["companions", "formulas", "limits", "presence", "registers", "sentinels", "shapes", "states", "usage"]
