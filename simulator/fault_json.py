"""Faults in JSON: `{"kind": "gap", "start": iso, "end": iso}`; the fields are those of the fault's class."""

from dataclasses import fields
from typing import Any

from simulator.faults import KINDS, Fault, FaultError, instant, iso

INSTANTS = frozenset({"start", "end"})
FaultJson = dict[str, str | int | bool | None]


def _field_value(name: str, given: object) -> int | bool | None:
    if given is None:
        return None
    if name in INSTANTS:
        return instant(given)
    if not isinstance(given, int):
        raise FaultError(f"{name} must be a number or true/false, not {given!r}")
    return given


def fault_from_json(given: dict[str, Any]) -> Fault:
    """The fault an object describes; raises FaultError naming the field that is wrong."""
    kind = KINDS.get(str(given.get("kind")))
    if kind is None:
        raise FaultError(f"unknown fault {given.get('kind')!r}; known: {', '.join(sorted(KINDS))}")
    known = {field.name for field in fields(kind)}
    if unknown := set(given) - known - {"kind"}:
        raise FaultError(f"fault {kind.kind} has no field {', '.join(sorted(unknown))}; it has: {', '.join(known)}")
    try:
        return kind(**{name: _field_value(name, value) for name, value in given.items() if name != "kind"})
    except TypeError as missing:
        raise FaultError(f"fault {kind.kind}: {missing}") from None


def fault_to_json(fault: Fault) -> FaultJson:
    """The object that `fault_from_json` reads back to an equal fault."""
    answer: FaultJson = {"kind": fault.kind}
    for field in fields(fault):
        value = getattr(fault, field.name)
        answer[field.name] = iso(value) if field.name in INSTANTS and value is not None else value
    return answer
