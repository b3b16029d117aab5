"""Conditions of rules for periodic values. AIM's nineteen are in the first three.

===========  ===========================================================================================
presence     missing, zero, anything, not missing; communication error, negative
comparisons  higher or lower than a limit, the previous value, that of a month or a year before, the reference value,
             and what was received a month or a year before
formulas     check function: any formula over the value and what it is compared with
registers    continuity, roll-over, digits, reset counter, implausible value before, status (V18, V19, V25)
===========  ===========================================================================================
"""

# In the order people choose them in.
from validation.periodic.conditions import presence, comparisons, formulas, registers  # noqa: I001

__all__ = ["comparisons", "formulas", "presence", "registers"]
