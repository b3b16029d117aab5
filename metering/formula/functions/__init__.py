"""The functions of the language: one table, which the reader of formulas and the reference go by."""

from metering.formula.functions.clock import CLOCK
from metering.formula.functions.days import DAYS
from metering.formula.functions.declared import Function, Parameter, Takes, Unit
from metering.formula.functions.neighbours import NEIGHBOURS
from metering.formula.functions.slotwise import SLOTWISE

FUNCTIONS = {function.name: function for function in (*SLOTWISE, *NEIGHBOURS, *DAYS, *CLOCK)}

__all__ = ["CLOCK", "DAYS", "FUNCTIONS", "NEIGHBOURS", "SLOTWISE", "Function", "Parameter", "Takes", "Unit"]
