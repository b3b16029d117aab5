"""The steps of a session in words, for the person who watches it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

WAITS_FOR_SEGMENT = "segment"
"""Not a step of a session: what an item does whose network segment is busy."""
_WORDS = {
    WAITS_FOR_SEGMENT: "Waits for its network segment",
    "link": "Set up the link",
    "associate": "Sign on to the meter",
    "clock": "Compare the clock",
    "shift_clock": "Shift the clock",
    "set_clock": "Set the clock",
    "identification": "Ask for serial number and firmware",
    "registers": "Read the registers",
    "layout": "Ask what the profile holds",
    "profile": "Read the profile",
    "log": "Read the event log",
    "list": "Read the list of meters",
    "release": "Sign off",
}
READ_NOW = ("associate", "clock", "registers", "profile", "release")
"""The steps an on-demand reading goes through, in order."""
_WITHIN = {
    "link": "associate", "layout": "profile", "shift_clock": "clock", "set_clock": "clock", "identification": "clock",
}  # fmt: skip
"""Steps that only some sessions have, and the one of `READ_NOW` they are part of."""


@dataclass(frozen=True, slots=True)
class ShownStep:
    words: str
    state: Literal["done", "current", "to come"]


def step_words(name: str) -> str:
    """`Read the profile 1-0:99.1.0` for `profile 1-0:99.1.0`; an unknown step under its own name."""
    head, _, rest = name.partition(" ")
    return f"{_WORDS.get(head, head)} {rest}".strip()


def shown_steps(current: str) -> Sequence[ShownStep]:
    """The steps of an on-demand reading, those before `current` done; nothing is current while it is empty."""
    name = current.partition(" ")[0]
    head = _WITHIN.get(name, name)
    at = READ_NOW.index(head) if head in READ_NOW else -1
    return [
        ShownStep(_WORDS[name], "done" if place < at else "current" if place == at else "to come")
        for place, name in enumerate(READ_NOW)
    ]
