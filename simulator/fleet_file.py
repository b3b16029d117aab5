"""The fleet file: a fleet as JSON, version `VERSION`, written for the simulator and for whoever loads its meters."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from simulator.curves import CURVES
from simulator.fault_json import fault_from_json, fault_to_json
from simulator.faults import FaultError, instant, iso
from simulator.fleet import (
    QUIRKS,
    ConcentratorSpec,
    DeviceSpec,
    Fleet,
    FleetError,
    Incident,
    MeterSpec,
    Move,
    PushPlan,
    Signing,
    SlaveSpec,
    require_loopback,
)
from simulator.models import CONCENTRATORS, METERS, MODELS, SLAVES, SM3, Model

VERSION = 2
_SIZES = {"system_title": 8, "ek": 16, "ak": 16}
_SIGNING_SIZES = {"meter_private": 32, "meter_public": 64, "client_public": 64}
S = TypeVar("S", bound=DeviceSpec)
Json = dict[str, Any]


def save_fleet(fleet: Fleet, path: Path) -> None:
    """Write the fleet file."""
    document = {
        "version": VERSION,
        "zone": fleet.zone,
        "made_at": iso(fleet.made_at),
        "concentrators": [_as_json(spec) for spec in fleet.concentrators],
        "meters": [_as_json(spec) for spec in fleet.meters],
        "strangers": [_as_json(spec) for spec in fleet.strangers],
        "incidents": [asdict(incident) for incident in fleet.incidents],
        "moves": [asdict(move) for move in fleet.moves],
    }
    path.write_text(json.dumps(document, indent=1) + "\n")


def _as_json(spec: DeviceSpec) -> Json:
    return {**asdict(spec), "faults": [fault_to_json(fault) for fault in spec.faults]}


def load_fleet(path: Path) -> Fleet:
    """Read and check a fleet file; raises FleetError naming the file and the device."""
    document = _document(path)
    if document.get("version") == 1:
        raise FleetError(
            f"{path}: a fleet file of version 1; bring it up to version {VERSION} with: "
            f"python -m simulator upgrade-fleet --fleet {path}"
        )
    if document.get("version") != VERSION:
        raise FleetError(
            f"{path}: not a fleet file of version {VERSION}; make one with: python -m simulator make-fleet"
        )
    try:
        fleet = _fleet(document)
    except (KeyError, TypeError, FaultError, FleetError) as problem:
        raise FleetError(f"{path}: {problem}") from problem
    return fleet


def upgrade_fleet(path: Path) -> bool:
    """Bring a fleet file of version 1 up to `VERSION`, keeping its meters as they are; whether there was need to.

    All meters of version 1 are of one model, reached directly. Raises FleetError when it is no fleet file.
    """
    document = _document(path)
    if document.get("version") == 1:
        meters = [{**entry, "model": SM3} for entry in document.get("meters", [])]
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps({**document, "version": VERSION, "concentrators": [], "meters": meters}))
        save_fleet(load_fleet(draft), draft)
        draft.replace(path)
        return True
    load_fleet(path)
    return False


def _document(path: Path) -> Json:
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as problem:
        raise FleetError(f"{path}: {problem}") from problem
    return document if isinstance(document, dict) else {}


def _fleet(document: Json) -> Fleet:
    """Files made before strangers, incidents and moves were known have none."""
    fleet = Fleet(
        str(document["zone"]),
        instant(document["made_at"]),
        tuple(_meter(number, entry) for number, entry in enumerate(document["meters"])),
        tuple(_concentrator(number, entry) for number, entry in enumerate(document["concentrators"])),
        tuple(_meter(number, entry) for number, entry in enumerate(document.get("strangers", ()))),
        tuple(_incident(entry) for entry in document.get("incidents", ())),
        tuple(Move(**entry) for entry in document.get("moves", ())),
    )
    _check_unique(fleet)
    _check_ways(fleet)
    _check_incidents(fleet)
    _check_moves(fleet)
    return fleet


def _incident(entry: Json) -> Incident:
    return Incident(after_s=int(entry["after_s"]), lasts_s=int(entry["lasts_s"]), serials=tuple(entry["serials"]))


def _meter(number: int, entry: Json) -> MeterSpec:
    return _spec(MeterSpec, METERS, f"meter {number}", entry)


def _concentrator(number: int, entry: Json) -> ConcentratorSpec:
    return _spec(ConcentratorSpec, CONCENTRATORS, f"concentrator {number}", entry)


def _spec(kind: type[S], models: Mapping[str, Model], place: str, entry: Json) -> S:
    """A checked device; FleetError says which one and what is wrong."""
    required = [field.name for field in fields(kind) if field.default is MISSING]
    if missing := [name for name in required if name not in entry]:
        raise FleetError(f"{place} lacks {', '.join(missing)}")
    try:
        spec = kind(**{**entry, **_parsed(entry)})
        _check(spec, models)
    except (TypeError, ValueError) as problem:
        raise FleetError(f"{place} ({entry['serial']}): {problem}") from problem
    return spec


def _parsed(entry: Json) -> Json:
    """The fields that are more than a text or a number."""
    parsed: Json = {"faults": tuple(fault_from_json(fault) for fault in entry.get("faults", ()))}
    if "initial" in entry:
        first, second, third = entry["initial"]
        parsed["initial"] = int(first), int(second), int(third)
    if "quirks" in entry:
        parsed["quirks"] = tuple(entry["quirks"])
    if "slaves" in entry:
        parsed["slaves"] = tuple(SlaveSpec(**slave) for slave in entry["slaves"])
    if entry.get("signing"):
        parsed["signing"] = Signing(**entry["signing"])
    if entry.get("push"):
        parsed["push"] = PushPlan(**entry["push"])
    return parsed


def _check(spec: DeviceSpec, models: Mapping[str, Model]) -> None:
    model = models.get(spec.model)
    if model is None:
        raise FleetError(f"unknown model {spec.model!r}; known: {', '.join(models)}")
    if missing := [name for name in model.needs if getattr(spec, name) is None]:
        raise FleetError(f"{spec.model} needs {', '.join(missing)}")
    for name, size in _SIZES.items():
        _check_hex(name, getattr(spec, name), size)
    if spec.host is not None:
        require_loopback(spec.host)
    if spec.port is not None and not 0 < spec.port < 65_536:
        raise FleetError(f"port {spec.port} is not between 1 and 65535")
    if isinstance(spec, MeterSpec):
        _check_meter(spec)


def _check_meter(spec: MeterSpec) -> None:
    if spec.curve not in CURVES:
        raise FleetError(f"unknown curve {spec.curve!r}; known: {', '.join(CURVES)}")
    if unknown := set(spec.quirks) - set(QUIRKS):
        raise FleetError(f"unknown quirk {', '.join(sorted(unknown))}; known: {', '.join(QUIRKS)}")
    _check_slaves(spec)
    for name, size in _SIGNING_SIZES.items():
        _check_hex(name, getattr(spec.signing, name, None), size)
    bytes.fromhex(spec.password or "")
    direct, through = (spec.host, spec.port), (spec.concentrator, spec.gateway_address)
    if (None in direct) == (None in through) or not bytes.fromhex(spec.gateway_address or "00"):
        raise FleetError("a meter has either host and port, or concentrator and gateway_address")
    if spec.push and (spec.ek is None or spec.host is None):
        raise FleetError("a meter that pushes of its own has keys, and a line of its own")


def _check_slaves(spec: MeterSpec) -> None:
    if unknown := {slave.model for slave in spec.slaves} - set(SLAVES):
        raise FleetError(f"unknown slave model {', '.join(sorted(unknown))}; known: {', '.join(SLAVES)}")
    channels = [slave.channel for slave in spec.slaves]
    if len(set(channels)) < len(channels) or not set(channels) <= set(range(1, MODELS[spec.model].channels + 1)):
        raise FleetError(f"{spec.model} has {MODELS[spec.model].channels} M-Bus channels, each for one slave meter")


def _check_hex(name: str, text: str | None, size: int) -> None:
    if text is not None and len(bytes.fromhex(text)) != size:
        raise FleetError(f"{name} must be {size} bytes in hex")


def _check_unique(fleet: Fleet) -> None:
    devices: list[DeviceSpec] = [*fleet.concentrators, *fleet.all_meters]
    slaves = [slave.serial for meter in fleet.all_meters for slave in meter.slaves]
    _check_different("serial", [*(device.serial for device in devices), *slaves])
    _check_different("system_title", (device.system_title for device in devices))
    _check_different("address", (device.address for device in devices))


def _check_different(what: str, values: Iterable[str]) -> None:
    held = list(values)
    if len(set(held)) != len(held):
        raise FleetError(f"two meters have the same {what}")


def _check_ways(fleet: Fleet) -> None:
    known = {spec.serial for spec in fleet.concentrators}
    for meter in fleet.all_meters:
        if meter.concentrator is not None and meter.concentrator not in known:
            raise FleetError(f"meter {meter.serial} is behind {meter.concentrator}, which is not in this fleet")


def _check_incidents(fleet: Fleet) -> None:
    known = {spec.serial for spec in fleet.all_meters}
    for incident in fleet.incidents:
        if incident.after_s < 0 or incident.lasts_s < 1:
            raise FleetError("an incident comes 0 s or more after the start and lasts 1 s or more")
        if strange := set(incident.serials) - known:
            raise FleetError(f"an incident names {', '.join(sorted(strange))}, not in this fleet")


def _check_moves(fleet: Fleet) -> None:
    behind = {spec.serial for spec in fleet.all_meters if spec.concentrator}
    known = {spec.serial for spec in fleet.concentrators}
    for move in fleet.moves:
        if type(move.after_s) is not int or move.after_s < 0:
            raise FleetError("a meter moves 0 s or more after the start")
        if move.serial not in behind:
            raise FleetError(f"a move names {move.serial}, which is behind no concentrator of this fleet")
        if move.concentrator not in {None, *known} or (move.concentrator is None) != (move.gateway_address is None):
            raise FleetError(f"{move.serial} moves to a concentrator of this fleet and an address there, or to none")
        bytes.fromhex(move.gateway_address or "")
