"""Whether the parts of a description fit each other: what is read must be among the objects the model has."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from devices.descriptions import Description
from devices.findings import Finding, error
from protocols.dlms.obis import Obis
from protocols.dlms.objects import CLOCK_CLASS, DATA, PROFILE, UNIT_ATTRIBUTE


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a description that speaks of an object; `class_id` where only one class makes sense."""

    place: str
    obis: Obis
    class_id: int | None = None


def references(described: Description) -> Iterator[Reference]:
    """Everything that reading a device of this model, or taking its pushes, asks of its objects."""
    yield Reference("clock", described.clock, CLOCK_CLASS)
    for name, obis in described.identification.items():
        yield Reference(f"identification.{name}", obis, DATA)
    for profile in described.profiles:
        yield Reference(f"profiles[{profile.obis}]", profile.obis, PROFILE)
        for obis, _attribute in profile.columns:
            yield Reference(f"profiles[{profile.obis}].columns[{obis}]", obis)
    for obis in described.registers:
        yield Reference(f"registers[{obis}]", obis)
    for log in described.event_logs:
        yield Reference(f"event_logs[{log.obis}]", log.obis, PROFILE)
    for obis in described.alarm_bits:
        yield Reference(f"alarm_bits[{obis}]", obis)
    for name, elements in described.push.items():
        for element in elements:
            yield Reference(f"push.{name}[{element.obis}]", element.obis, element.class_id)
    for name, obis in described.m_bus.at(1).items() if described.m_bus else ():
        yield Reference(f"m_bus.{name}", obis)


def reference_findings(described: Description) -> list[Finding]:
    """References that lead nowhere, objects that stand twice, units of what has none; empty without `objects`."""
    if not described.objects:
        return []
    classes = {each.obis: each.class_id for each in described.objects}
    times = Counter(each.obis for each in described.objects)
    found = [error(f"objects[{obis}]", f"stands {n} times", "Leave one.") for obis, n in times.items() if n > 1]
    found += [
        error(f"objects[{each.obis}].unit", f"class {each.class_id} has no scaler and unit", "Leave both out.")
        for each in described.objects
        if each.unit is not None and each.class_id not in UNIT_ATTRIBUTE
    ]
    for reference in references(described):
        found += _wrong(reference, classes.get(reference.obis))
    return found


def _wrong(reference: Reference, listed: int | None) -> Iterator[Finding]:
    if listed is None:
        yield error(
            reference.place, f"objects does not list {reference.obis}", "Add it to objects or correct the code."
        )
    elif reference.class_id not in (None, listed):
        text = f"{reference.obis} is of class {listed} in objects, here class {reference.class_id} is needed"
        yield error(reference.place, text, "Correct one of them.")
