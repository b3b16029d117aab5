"""Tables of the specification: quality flags, methods, reasons and transactions.

Methods: Metrology Procedure Part B. Reasons: specification 2.6, current and obsolete. A number outside a table is taken
all the same and noted: tables grow faster than programs.
"""

FLAGS = {
    "A": "actual",
    "E": "forward estimate",
    "F": "final substitute",
    "N": "no data",
    "S": "substitute",
    "V": "differs within the day",
}

METHODS = {
    11: "check",
    12: "calculated",
    13: "SCADA",
    14: "retrospective like day",
    15: "retrospective average like day",
    16: "agreed",
    17: "linear",
    18: "alternate",
    19: "zero",
    20: "prospective like day",
    21: "five minutes, no history",
    22: "prospective average day",
    23: "previous year",
    24: "data scaling",
    25: "average daily load",
    51: "previous year",
    52: "previous read",
    53: "revision",
    54: "linear",
    55: "agreed",
    56: "before the first read, agreed",
    57: "customer class",
    58: "zero",
    59: "five minutes, no history",
    61: "previous year",
    62: "previous read",
    63: "customer class",
    64: "agreed",
    65: "average daily load",
    66: "revision",
    67: "customer read",
    68: "zero",
    69: "linear extrapolation",
    71: "recalculation",
    72: "revised table",
    73: "revised algorithm",
    74: "agreed",
    75: "existing table",
}

REASONS = frozenset(range(110)) - {56, 57, 59, 63, 66}
FREE_TEXT = 0
CORRECTION = 24
FAILED_TO_VALIDATE = 45
NULL_DATA = 78
POWER_OUTAGE = 79
WITH_EVENTS = frozenset({61, 79, 89})
"""Reasons of actual data that are told per interval in 400 records: tamper, power outage, time reset."""

TRANSACTIONS = {
    "A": "alteration",
    "C": "meter reconfiguration",
    "D": "de-energisation",
    "E": "estimate",
    "G": "re-energisation",
    "N": "normal read",
    "O": "other",
    "R": "removal of meter",
    "S": "special read",
}
