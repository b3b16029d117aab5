"""Description files that say only how they differ from another one, which they name in `inherits`.

Fields of a base are taken over, fields in objects are merged at any depth, and null leaves a field out. In the lists of
`KEYED` the entry with the same OBIS code is merged with that of the base, one with `removed` takes it out, and others
are added. All other lists replace those of the base: their order means something.
"""

from collections.abc import Callable, Mapping
from typing import Any

KEYED = ("objects", "profiles", "registers", "event_logs", "base_names")
LONGEST_CHAIN = 8
"""Descriptions that inherit from each other, this one included; more are a mistake."""
_OWN = "inherits"

Raw = dict[str, Any]


def with_bases(raw: Raw, base_of: Callable[[str], Raw]) -> Raw:
    """A description with everything its bases say. ValueError for a circle; errors of `base_of` pass through."""
    chain, named = [raw], list[str]()
    while _OWN in chain[-1]:
        code = chain[-1][_OWN]
        if code in named or len(named) >= LONGEST_CHAIN:
            raise ValueError(f"inherits goes in a circle: {' from '.join([*named, str(code)])}")
        named.append(code)
        chain.append(base_of(code))
    merged: Raw = {}
    for each in reversed(chain):
        merged = _merged(merged, each)
    return {key: value for key, value in merged.items() if key != _OWN}


def at_channel(value: Any, channel: int) -> Any:
    """The same description with `0-n:` in OBIS codes standing for an M-Bus channel."""
    if isinstance(value, dict):
        return {key: at_channel(inner, channel) for key, inner in value.items()}
    if isinstance(value, list):
        return [at_channel(inner, channel) for inner in value]
    if isinstance(value, str) and value.startswith("0-n:"):
        return value.replace("0-n:", f"0-{channel}:", 1)
    return value


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> Raw:
    result = dict(base)
    for key, value in own.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            under = base.get(key)
            result[key] = _merged(under if isinstance(under, dict) else {}, value)
        elif key in KEYED and isinstance(value, list):
            result[key] = _by_obis(base.get(key, []), value)
        else:
            result[key] = value
    return result


def _by_obis(base: list[Any], own: list[Any]) -> list[Any]:
    """Entries of the base in their order, then the new ones. What has no OBIS code is left for the reader to refuse."""
    entries = {_name(each, number): each for number, each in enumerate(base)}
    for number, each in enumerate(own, len(base)):
        name = _name(each, number)
        if isinstance(each, dict) and each.get("removed") is True:
            entries.pop(name, None)
        elif isinstance(each, dict):
            entries[name] = _merged(entries.get(name, {}), each)
        else:
            entries[name] = each
    return list(entries.values())


def _name(entry: Any, number: int) -> str:
    obis = entry.get("obis") if isinstance(entry, dict) else None
    return obis if isinstance(obis, str) else f"entry {number}"
