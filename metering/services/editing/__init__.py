"""Changing stored values by hand: what is proposed, what it is based on, and writing it down as a decision.

A change is always three things: the `Slots` somebody saw, a `Change` proposed for them, and a reason. `save` writes it
unless a value changed after it was seen. Values are integers of the series throughout; decimals exist only on screen.
"""

from metering.services.editing.decimals import DecimalSign, NumberError, parse_value, write_value
from metering.services.editing.methods import Change, MethodError
from metering.services.editing.saving import ChangedMeanwhileError, put_back, refusal_of, save
from metering.services.editing.seen import SeenError, seen_of, token_of
from metering.services.editing.slots import MOST_VALUES, Slots, read_slots

__all__ = [
    "MOST_VALUES",
    "Change",
    "ChangedMeanwhileError",
    "DecimalSign",
    "MethodError",
    "NumberError",
    "SeenError",
    "Slots",
    "parse_value",
    "put_back",
    "read_slots",
    "refusal_of",
    "save",
    "seen_of",
    "token_of",
    "write_value",
]
