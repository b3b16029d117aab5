"""One device of a factory file, whatever the file is written in."""

from __future__ import annotations

from dataclasses import dataclass, field

from integration.formats.portion import Problem

FIELDS = ("serial_number", "model", "system_title", "logical_device_name", "usn", "firmware")
KINDS = (
    "encryption", "authentication", "broadcast", "master", "password", "signature", "mbus_default", "mbus_user",
    "mbus_firmware", "mbus_optical", "consumer", "consumer_auth", "firmware",
)  # fmt: skip
"""Kinds of keys a device may come with."""


class ClearKeyError(ValueError):
    """The file holds what looks like a key in clear: it must not lie anywhere. The message names the place only."""

    def __init__(self, line: int, column: str) -> None:
        super().__init__(f"Line {line}, {column}, holds what looks like a key in clear")
        self.line, self.column = line, column


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A key as it stands in the file: wrapped under the transport key of this name. `check` are its check digits."""

    transport: str
    octets: bytes = field(repr=False)
    check: str = ""


@dataclass(slots=True)
class FactoryLine:
    """A device as the file gives it: texts by the names of `FIELDS`, wrapped keys by kind, what is wrong with it.

    `line` counts from 1; in XML it is the one the device begins in.
    """

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    keys: dict[str, WrappedKey] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
