"""Description files checked as a whole: every mistake with its place, where reading stops at the first one."""

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from devices import speech
from devices.described_buffers import event_log_of, profile_of, register_of
from devices.described_channels import channels_of
from devices.described_lists import meter_list_of
from devices.described_messages import alarm_bits_of, compact_data_of, push_of
from devices.described_network import network_of
from devices.described_objects import object_of
from devices.description_references import reference_findings
from devices.descriptions import FIELDS, IMPOSSIBLE, Description, description_of, full_description
from devices.file_words import label, wrong_words
from devices.findings import Finding, Severity, error, instead, warning
from devices.inheritance import at_channel
from devices.models import DeviceModel
from devices.text_speech import text_speech_of

_ALWAYS = ("code", "name", "manufacturer", "kind", "protocol", "evidence", "profiles", "registers")
_SPOKEN_TO = ("security", "clock", "identification", "event_logs", "status_bits")
DAY_S = 86_400
_ENTRIES: Mapping[str, Callable[[Any], object]] = {
    "profiles": profile_of,
    "registers": register_of,
    "event_logs": event_log_of,
    "objects": object_of,
    "base_names": speech.named_object_of,
}
_SECTIONS: Mapping[str, Callable[[Any], object]] = {
    "security": speech.security_of,
    "transport": speech.transport_of,
    "m_bus": channels_of,
    "meter_list": meter_list_of,
    "network": network_of,
    "alarm_bits": alarm_bits_of,
    "push": push_of,
    "compact_data": compact_data_of,
    "iec62056_21": text_speech_of,
    "quirks": lambda quirks: speech.quirks_of({"quirks": quirks}),
}


def check_file(
    path: Path, events: Collection[str], protocols: Collection[str]
) -> tuple[Description | None, list[Finding]]:
    """The description in a file, None where it cannot be used, and what is wrong with it.

    `events` are the keys of the event catalogue, `protocols` those that a driver speaks.
    """
    try:
        raw = full_description(path)
    except (OSError, ValueError) as problem:
        return None, [error(path.name, str(problem), "Correct the file; nothing else was looked at.")]
    found = [*_fields(raw, path.stem, protocols), *wrong_words(raw, events)]
    found += _sections(raw, {finding.place for finding in found})
    if any(finding.severity is Severity.ERROR for finding in found):
        return None, found
    try:
        described = description_of(raw)
    except IMPOSSIBLE as problem:
        return None, [*found, error(path.name, _words(problem))]
    return described, [*found, *reference_findings(described)]


def _fields(raw: Mapping[str, Any], stem: str, protocols: Collection[str]) -> Iterator[Finding]:
    """Fields that are missing, unknown, or have another word than they may."""
    kind = raw.get("kind")
    for name in (*_ALWAYS, *_spoken_to(raw)):
        if not raw.get(name) and (name not in raw or name in _ALWAYS[:6]):
            yield error(name, "is missing", "docs/reference/device-model.md says what it takes.")
    for name in sorted(set(raw) - set(FIELDS)):
        yield error(name, "is no field of a description", instead(name, FIELDS))
    if raw.get("code", stem) != stem:
        yield error("code", f"is {raw['code']!r}, the file is called {stem!r}", f"Write {stem!r}, or name the file so.")
    if kind is not None and kind not in DeviceModel.Kind.values:
        yield error("kind", f"{kind!r} is no kind of device", instead(kind, DeviceModel.Kind.values))
    if raw.get("protocol", "dlms") not in protocols:
        yield error("protocol", f"{raw['protocol']!r} is spoken by no driver", instead(raw["protocol"], protocols))
    if kind == "meter" and not any(_role(profile) == "interval" for profile in raw.get("profiles") or ()):
        yield warning("profiles", "none has the role interval", "Without one no value of a meter is promised.")


def _spoken_to(raw: Mapping[str, Any]) -> Iterator[str]:
    """What a model that is spoken to needs; one that is spoken to in text makes no associations."""
    if raw.get("kind") != "slave_meter":
        yield from (name for name in _SPOKEN_TO if name != "security" or "iec62056_21" not in raw)


def _sections(raw: Mapping[str, Any], known: Collection[str]) -> Iterator[Finding]:
    """What the readers of each part refuse, unless something in that part was found already."""
    for name, place, part, reader in _parts(raw):
        if any(each.startswith(place) for each in known):
            continue
        try:
            reader(part)
        except IMPOSSIBLE as problem:
            yield error(place, _words(problem))
        else:
            yield from _doubtful(name, place, part)


def _parts(raw: Mapping[str, Any]) -> Iterator[tuple[str, str, Any, Callable[[Any], object]]]:
    for name, reader in _ENTRIES.items():
        entries = raw.get(name, [])
        for number, each in enumerate(entries if isinstance(entries, list) else [entries]):
            yield name, f"{name}[{label(each, number)}]", at_channel(each, 1), reader
    for name, reader in _SECTIONS.items():
        if name in raw:
            yield name, name, raw[name], reader
    if "security" in raw and "clients" in raw:
        yield "clients", "clients", raw, _clients


def _clients(raw: Mapping[str, Any]) -> object:
    return speech.clients_of(raw["clients"], speech.security_of(raw["security"]))


def _doubtful(name: str, place: str, part: Mapping[str, Any]) -> Iterator[Finding]:
    if name == "profiles" and DAY_S % part["interval_s"]:
        yield error(f"{place}.interval_s", f"{part['interval_s']} s do not divide a day", "Write 900 or 3600, say.")


def _role(profile: Any) -> object:
    return profile.get("role") if isinstance(profile, Mapping) else None


def _words(problem: Exception) -> str:
    return f"{problem.args[0]} is missing" if isinstance(problem, KeyError) else str(problem)
