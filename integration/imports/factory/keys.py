"""The part of a line with keys: unwrapped, looked at, and sealed under the master key as the device's first ones."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from devices.descriptions import DescriptionError, description
from devices.key_checks import UnfitKeyError, check_key, check_value
from devices.keystore import KeyStoreError, open_key, sealed_row, transport
from devices.models import Device, DeviceKey
from integration.imports.factory.fields import KEYS
from integration.imports.masterdata.effects import made
from integration.imports.masterdata.kinds import Part
from integration.imports.masterdata.plans import Plan, Scene, taken
from integration.work.holding import WorkFailedError
from protocols.dlms.suites import Suite

_LABELS = dict(DeviceKey.Kind.choices)


class Keys(Part):
    """Gives devices the keys they came with. One that has a key of the kind already keeps it: keys are rolled."""

    fields = (KEYS,)
    writes = (DeviceKey,)

    def __init__(self, scene: Scene, plans: Sequence[Plan]) -> None:
        super().__init__(scene, plans)
        self._clear: list[tuple[Plan, str, int, bytes]] = []

    def plan(self) -> None:
        plans = [plan for plan in taken(self.plans) if plan.given.get(KEYS.name)]
        try:
            held = _held([plan.target for plan in plans if isinstance(plan.target, Device) and not plan.is_new])
            for plan in plans:
                for kind, wrapped in plan.given[KEYS.name].items():
                    self._weigh(plan, kind, wrapped, held.get(cast("Device", plan.target).pk, []))
        except KeyStoreError as error:
            raise WorkFailedError(str(error)) from error

    def _weigh(self, plan: Plan, kind: str, wrapped: Mapping[str, Any], held: Sequence[DeviceKey]) -> None:
        """Say what becomes of one key. What is refused is told without it."""
        column = f"key:{kind}"
        try:
            key = self._unwrapped(wrapped)
            check_key(kind, key, _suite(plan))
            _compare(key, wrapped["check"])
        except (transport.UnwrapError, UnfitKeyError) as error:
            plan.refuse(str(error), column)
            return
        versions = [row for row in held if row.kind == kind]
        active = next((row for row in versions if row.state == DeviceKey.State.ACTIVE), None)
        if active is not None and open_key(active) == key:
            return
        if reason := _objection(active, versions, key):
            plan.refuse(reason, column)
            return
        version = 1 + max((row.version for row in versions), default=0)
        plan.change(_LABELS[kind], "", f"version {version}")
        self._clear.append((plan, kind, version, key))

    def _unwrapped(self, wrapped: Mapping[str, Any]) -> bytes:
        unwrap = self._transports.get(wrapped["transport"])
        if unwrap is None:
            raise transport.UnwrapError(
                f"there is no transport key {wrapped['transport']!r} in use: add it with manage.py keys transport add"
            )
        return unwrap(bytes.fromhex(wrapped["wrapped"]))

    @cached_property
    def _transports(self) -> Mapping[str, transport.Unwrap]:
        return transport.unwraps(self.scene.row.utility)

    def store(self) -> None:
        chosen = [(plan, kind, version, key) for plan, kind, version, key in self._clear if not plan.refused]
        rows = [
            sealed_row(device_id=cast("Device", plan.target).pk, kind=kind, key=key, version=version)
            for plan, kind, version, key in chosen
        ]
        DeviceKey.objects.bulk_create(rows)
        for (plan, *_), row in zip(chosen, rows, strict=True):
            plan.effects.append(made(row))


def _held(devices: Sequence[Device]) -> dict[int, list[DeviceKey]]:
    """All versions of the keys of devices that are there. One query."""
    found: dict[int, list[DeviceKey]] = {}
    for row in DeviceKey.objects.filter(device__in=devices) if devices else ():
        found.setdefault(row.device_id, []).append(row)
    return found


def _objection(active: DeviceKey | None, versions: Sequence[DeviceKey], key: bytes) -> str:
    """Why a device does not get this key; empty where it does."""
    if active is not None:
        return "the device has another key of this kind; keys in use are rolled, not loaded over"
    if any(open_key(row) == key for row in versions):
        return "the device has had this key before, and it was withdrawn"
    return ""


def _compare(key: bytes, digits: str) -> None:
    """UnfitKeyError where the check digits of the file are not those of the key inside."""
    if digits and not hmac.compare_digest(check_value(key)[: len(digits)], digits):
        raise UnfitKeyError("the check digits are not those of the key")


def _suite(plan: Plan) -> Suite | None:
    try:
        return description(cast("Device", plan.target).model.code).security.suite
    except DescriptionError:
        return None
