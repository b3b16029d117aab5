"""A description beside what a device told, line by line."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from devices.clock import WRONG_S
from devices.description_references import references
from devices.descriptions import Description, EventLog, Profile
from devices.findings import Severity
from headend.by_hand.listing import Listed
from headend.model_check.told import Told
from headend.plan import Column, LogEntry, RegisterValue
from protocols.dlms.obis import Obis
from protocols.dlms.units import ScalerUnit

_ABSENT = "-"
_FAILED = "The step failed: correct the codes, or see docs/reference/causes.md."


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing: where it stands in the file, what the file says, what the device says; `severity` None: they agree."""

    place: str
    file: str
    device: str
    severity: Severity | None = None
    advice: str = ""


def compare(described: Description, told: Told) -> list[Compared]:
    """All lines; a step that failed is one of them."""
    failed = {name: Compared(name, "", why, Severity.ERROR, _FAILED) for name, why in told.failures.items()}
    lines = [*_objects(described, told.objects), *_names(described, told), *failed.values()]
    if "registers" not in failed:
        units, values = described.units, told.registers
        lines += [_register(obis, units.get(obis), values.get(obis)) for obis in described.registers]
    for profile in described.profiles:
        if profile.obis in told.layouts:
            lines += _columns(profile, told.layouts[profile.obis].columns)
            lines.append(_rows(profile, told.rows.get(profile.obis)))
    for log in described.event_logs:
        if log.obis in told.logs:
            lines += _log(log, told.logs[log.obis])
    return lines


def _objects(described: Description, listed: Iterable[Listed] | None) -> Iterator[Compared]:
    """Objects the file lists or reads, then those it does not know."""
    if listed is None:
        return
    there = {each.obis: (each.class_id, each.version) for each in listed}
    wanted = {each.obis: (each.class_id, each.version) for each in described.objects}
    for obis, known in wanted.items():
        yield _object(obis, known, there.get(obis))
    for obis, place in _only_read(described, wanted).items():
        severity, advice = (None, "") if obis in there else (Severity.ERROR, "The device has no such object.")
        yield Compared(f"objects[{obis}]", f"read: {place}", _class(there.get(obis)), severity, advice)
    extra = [(obis, told) for obis, told in there.items() if wanted and obis not in wanted]
    for obis, told in extra:
        yield Compared(
            f"objects[{obis}]", _ABSENT, _class(told), Severity.NOTE, "The device has more; list it if it is read."
        )


def _only_read(described: Description, listed: Iterable[Obis]) -> Mapping[Obis, str]:
    """Objects that are read, though the file has no list of them, with the first place that names each."""
    places: dict[Obis, str] = {}
    for reference in references(described):
        if reference.obis not in listed and not reference.place.startswith("m_bus"):
            places.setdefault(reference.obis, reference.place)
    return places


def _object(obis: Obis, known: tuple[int, int], told: tuple[int, int] | None) -> Compared:
    place, severity, advice = f"objects[{obis}]", None, ""
    if told is None:
        severity, advice = Severity.ERROR, "The device has no such object: take it out."
    elif told[0] != known[0]:
        severity, advice = Severity.ERROR, f"Write class_id {told[0]}."
    elif told != known:
        severity, advice = Severity.WARNING, f"Write version {told[1]}."
    return Compared(place, _class(known), _class(told), severity, advice)


def _names(described: Description, told: Told) -> Iterator[Compared]:
    """Clock and identification."""
    if (off := told.clock_offset_s) is not None:
        late = abs(off) > WRONG_S
        severity, advice = (Severity.WARNING, "The clock of the device is wrong.") if late else (None, "")
        yield Compared("clock", str(described.clock), f"{off:+.1f} s off", severity, advice)
    if "identification" not in told.failures:
        for name, obis in described.identification.items():
            text = told.identification.get(name, "")
            advice = "" if text else "Nothing readable stands there: correct the code."
            yield Compared(
                f"identification.{name}", str(obis), text or _ABSENT, None if text else Severity.ERROR, advice
            )


def _register(obis: Obis, fixed: ScalerUnit | None, value: RegisterValue | None) -> Compared:
    place, said = f"registers[{obis}]", _unit(fixed.scaler, fixed.symbol) if fixed else "asked of the meter"
    if value is None:
        return Compared(place, said, _ABSENT, Severity.ERROR, "The device gives no value: take it out.")
    shown = f"{value.value} × {_unit(value.scaler, value.unit)}"
    if fixed and (fixed.scaler, fixed.symbol) != (value.scaler, value.unit):
        return Compared(place, said, shown, Severity.WARNING, "That of the file is used: is it right?")
    return Compared(place, said, shown)


def _columns(profile: Profile, told: Iterable[Column]) -> Iterator[Compared]:
    """The captured columns in order, and the units of those that are promised."""
    said = [f"{obis}/{attribute}" for obis, attribute in profile.columns]
    there = [f"{column.obis}/{column.attribute}" for column in told]
    place = f"profiles[{profile.obis}].columns"
    agree = said == there
    advice = "" if agree else f"Write the columns in this order: {', '.join(there)}."
    yield Compared(place, ", ".join(said), ", ".join(there), None if agree else Severity.ERROR, advice)
    units = {column.obis: column.unit for column in told if column.unit is not None}
    for obis, unit in profile.units.items():
        if obis in units and units[obis] != unit:
            yield Compared(f"{place}[{obis}].unit", unit, str(units[obis]), Severity.ERROR, f"Write {units[obis]!r}.")


def _rows(profile: Profile, count: int | None) -> Compared:
    place = f"profiles[{profile.obis}].rows"
    if not count:
        return Compared(place, "", "no rows", Severity.WARNING, "Nothing was captured lately; read it again tomorrow.")
    return Compared(place, "", f"{count} rows read")


def _log(log: EventLog, entries: Iterable[LogEntry]) -> Iterator[Compared]:
    place, found = f"event_logs[{log.obis}]", list(entries)
    codes = "one kind" if log.kind else f"{len(log.codes)} codes"
    yield Compared(place, codes, f"{len(found)} entries read")
    for code in sorted({entry.code for entry in found} - set(log.codes)) if log.kind is None else ():
        yield Compared(
            f"{place}.codes.{code}", _ABSENT, str(code), Severity.WARNING, "Events of this code are unknown: add it."
        )


def _class(known: tuple[int, int] | None) -> str:
    return _ABSENT if known is None else f"class {known[0]}, version {known[1]}"


def _unit(scaler: int, symbol: str) -> str:
    return f"10^{scaler} {symbol}".rstrip()
