"""Mappings as JSON: what screens save, with every fault named by its field."""

from __future__ import annotations

import collections.abc as abc
import dataclasses
import types
import typing
from enum import Enum
from typing import Any

from integration.formats.table.checks import Fault, MappingError, check
from integration.formats.table.mapping import Mapping

LONGEST_TEXT = 500
MOST_ENTRIES = 20_000
_T = typing.TypeVar("_T")


def to_json(mapping: Mapping) -> dict[str, Any]:
    """The mapping as what `json.dumps` takes; `from_json` gives an equal one."""
    return typing.cast(dict[str, Any], _plain(mapping))


def from_json(data: object) -> Mapping:
    """The mapping of `to_json`; fields that are absent keep their defaults. MappingError names every field at fault."""
    reading = _Reading()
    mapping = reading.record(Mapping, data, "")
    faults = reading.faults or check(mapping)
    if faults:
        raise MappingError(tuple(faults))
    return mapping


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, abc.Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    return value


class _Reading:
    """Turns JSON into the declared types, collecting faults instead of stopping at the first."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def record(self, cls: type[_T], data: object, path: str) -> _T:
        if not isinstance(data, dict):
            self._fault(path or "mapping", "must be an object", None)
            return cls()
        hints = typing.get_type_hints(cls)
        for name in sorted(set(map(str, data)) - set(hints)):
            self._fault(_join(path, name), "is not a setting of a mapping", None)
        given = {name: self._value(hints[name], data[name], _join(path, name)) for name in hints if name in data}
        return cls(**{name: value for name, value in given.items() if value is not _Unusable})

    def _value(self, hint: Any, data: object, path: str) -> object:
        if dataclasses.is_dataclass(hint):
            return self.record(typing.cast(type[object], hint), data, path)
        if isinstance(hint, types.UnionType):
            inner = next(part for part in typing.get_args(hint) if part is not types.NoneType)
            return None if data is None else self._value(inner, data, path)
        origin = typing.get_origin(hint)
        if origin is tuple:
            return self._entries(typing.get_args(hint)[0], data, path)
        if origin is abc.Mapping:
            return self._pairs(data, path)
        return self._choice(hint, data, path) if issubclass(hint, Enum) else self._scalar(hint, data, path)

    def _entries(self, hint: Any, data: object, path: str) -> object:
        if not isinstance(data, list) or len(data) > MOST_ENTRIES:
            return self._fault(path, f"must be a list of at most {MOST_ENTRIES} entries", _Unusable)
        found = [self._value(hint, entry, f"{path}[{number}]") for number, entry in enumerate(data)]
        return _Unusable if _Unusable in found else tuple(found)

    def _pairs(self, data: object, path: str) -> object:
        if not isinstance(data, dict) or len(data) > MOST_ENTRIES:
            return self._fault(path, f"must be an object of at most {MOST_ENTRIES} entries", _Unusable)
        found = {str(key): self._scalar(str, value, f"{path}.{key}") for key, value in data.items()}
        return _Unusable if _Unusable in found.values() else found

    def _choice(self, hint: type[Enum], data: object, path: str) -> object:
        for member in hint:
            if member.value == data:
                return member
        return self._fault(path, f"must be one of {', '.join(str(member.value) for member in hint)}", _Unusable)

    def _scalar(self, hint: type, data: object, path: str) -> object:
        if type(data) is not hint:
            return self._fault(path, f"must be {_WORDS[hint]}", _Unusable)
        if isinstance(data, str) and len(data) > LONGEST_TEXT:
            return self._fault(path, f"must have at most {LONGEST_TEXT} characters", _Unusable)
        return data

    def _fault(self, path: str, reason: str, instead: object) -> object:
        self.faults.append(Fault(path, reason))
        return instead


_WORDS = {str: "text", int: "a whole number", bool: "true or false"}


class _Unusable:
    """Stands for a value that has a fault of its own."""


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
