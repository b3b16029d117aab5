"""The one formula language of the product: check functions of validation, profile calculation, whatever comes.

A text is scanned for what may stand in it (`scanning`), parsed by Python's parser into a syntax tree, translated by an
allow-list into nodes of our own (`reading`, `calls`, `tree`), and evaluated by numpy over n series and all their slots
at once. Nothing is executed as Python. Size and cost are bounded by `limits`. Pure numpy, no Django.

docs/reference/formulas.md is for those who write formulas.
"""

from metering.formula.calendar import DayCalendar, local_calendar
from metering.formula.errors import FormulaError
from metering.formula.formula import Evaluation, Formula, parse
from metering.formula.vocabulary import Variable, Vocabulary, vocabulary

__all__ = [
    "DayCalendar",
    "Evaluation",
    "Formula",
    "FormulaError",
    "Variable",
    "Vocabulary",
    "local_calendar",
    "parse",
    "vocabulary",
]
