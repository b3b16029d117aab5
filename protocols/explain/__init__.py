"""Captured octets in words: `render(explain(octets, keys))` names every field of every frame.

>>> print(render(explain(read_hex("C001C1 0008 0000010000FF 02 00"))))
     0  C0 01 C1 00 08 00 00 01 … get-request: 0-0:1.0.0 (clock) attribute 2 time
     0  C0                        ├─ tag: 192
     1  01                        ├─ variant: normal
     2  C1                        ├─ invoke id: 1, confirmed, high priority
     3  00 08 00 00 01 00 00 FF … ├─ attribute: 0-0:1.0.0 (clock) attribute 2 time
     3  00 08                     │  ├─ class: 8 Clock
     5  00 00 01 00 00 FF         │  ├─ logical name: 0-0:1.0.0 (clock)
    11  02                        │  └─ number: 2 time
    12  00                        └─ selection: none
"""

from protocols.explain.context import Keys
from protocols.explain.explaining import explain
from protocols.explain.hex_text import read_hex
from protocols.explain.node import Node
from protocols.explain.obis_words import obis_words
from protocols.explain.rendering import COLOURED, PLAIN, Style, render
from protocols.explain.values import value_words
from protocols.explain.words import class_name

__all__ = [
    "COLOURED",
    "PLAIN",
    "Keys",
    "Node",
    "Style",
    "class_name",
    "explain",
    "obis_words",
    "read_hex",
    "render",
    "value_words",
]
