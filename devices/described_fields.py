"""Fields of description files, checked as they are read: a ValueError names the field and what it takes."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
Raw = Mapping[str, Any]


def one_of(table: Mapping[str, T], name: str, what: str) -> T:
    """What a word stands for."""
    if name not in table:
        raise ValueError(f"{what} {name!r} is not one of {', '.join(table)}")
    return table[name]


def whole(raw: Raw, name: str, default: int | None, low: int, high: int) -> int:
    """A whole number within `low` and `high`; without `default` it must be there."""
    value = raw[name] if default is None else raw.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} {value!r} is not a whole number from {low} to {high}")
    return value


def seconds(raw: Raw, name: str, default: float, low: float, high: float) -> float:
    """A time in seconds within `low` and `high`."""
    value = raw.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ValueError(f"{name} {value!r} is not a number of seconds from {low:g} to {high:g}")
    return float(value)


def flag(raw: Raw, name: str) -> bool:
    """True or false, false where it is not there."""
    value = raw.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"{name} {value!r} is neither true nor false")
    return value


def known_only(raw: Raw, fields: Collection[str], where: str) -> None:
    """ValueError for a field nobody would read: mistyped, it would silently do nothing."""
    unknown = sorted(set(raw) - set(fields))
    if unknown:
        raise ValueError(f"{where} has no field {', '.join(unknown)}; there are: {', '.join(fields)}")
