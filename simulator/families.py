"""How devices of each model are spoken to: objects, clients, referencing and the framing of their line."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from protocols.dlms.acse import Context
from protocols.dlms.device import CosemObject
from protocols.dlms.obis import Obis
from protocols.dlms.security import CurveKeys, KeySet, Security, Suite
from protocols.dlms.security.curves import private_key, public_key
from protocols.dlms.server import Association, management_association, public_association
from protocols.dlms.tags import Mechanism
from protocols.framing import Framing
from protocols.hdlc import HdlcFraming, HdlcSettings, LinkLimits
from simulator.answers import LossyWrapper
from simulator.buffers import LAYOUTS, profile_object, slave_layout
from simulator.clock_object import clock_object
from simulator.device import AnyDevice, Concentrator
from simulator.faults import RefuseAssociation, WrongKey
from simulator.meter import Meter
from simulator.mobile import network_objects
from simulator.models import DC1, SM3, SM5, SN4
from simulator.push import push_object
from simulator.registers import identity_objects, list_object, register_objects, state_objects
from simulator.slaves import slave_objects

MANAGEMENT = 1
PASSWORD_CLIENTS = (MANAGEMENT, 2, 32)
BLOCK_WINDOW = 8
HDLC = HdlcSettings(LinkLimits(info_send=1024, info_receive=1024, window_send=4, window_receive=4))
# Where the ZxF and E650 family has these objects; all others follow each other from FIRST_NAME on.
KNOWN_NAMES = {"0-0:1.0.0": 0x2BC0, "1-0:99.1.0": 0x62E8, "1-0:1.8.0": 0x7D08, "1-0:2.8.0": 0x7E08}
FIRST_NAME, NAME_STEP = 0x1000, 0x100


@dataclass(frozen=True, slots=True)
class Family:
    """Each function takes a device of the family; `associations` are those of a device without faults of its clients.

    `framing` also takes the client the device speaks to first, None where clients begin. `window` blocks are offered at
    once in general block transfer, 0: none.
    """

    objects: Callable[[Any], list[CosemObject]]
    associations: Callable[[Any], list[Association]]
    framing: Callable[[Any, int | None], Framing]
    suite: Suite = Suite.AES_128
    short_names: bool = False
    window: int = 0


def meter_objects(meter: Meter) -> list[CosemObject]:
    """Everything all meters have."""
    return [
        clock_object(meter),
        *identity_objects(meter),
        *state_objects(meter),
        *register_objects(meter),
        *(profile_object(meter, layout) for layout in LAYOUTS),
        push_object(meter),
    ]


def switching_objects(meter: Meter) -> list[CosemObject]:
    """A meter of a household: also disconnector, image transfer, and what it holds of the meters on its M-Bus."""
    return [
        *meter_objects(meter),
        meter.switch.cosem_object(),
        meter.image.cosem_object(),
        *slave_objects(meter),
        *network_objects(meter),
        *(profile_object(meter, slave_layout(channel)) for channel in meter.slaves),
    ]


def concentrator_objects(device: Concentrator) -> list[CosemObject]:
    """A concentrator's own."""
    return [clock_object(device), *identity_objects(device), list_object(device), *network_objects(device)]


def named(objects: Iterable[CosemObject]) -> dict[int, CosemObject]:
    """Objects by base name."""
    known = {Obis.parse(obis): base for obis, base in KNOWN_NAMES.items()}
    others = count(FIRST_NAME, NAME_STEP)
    return {known[item.obis] if item.obis in known else next(others): item for item in objects}


def keys(device: AnyDevice) -> KeySet:
    """The keys the device has: those of the fleet file, or others."""
    encryption, authentication = bytes.fromhex(device.spec.ek or ""), bytes.fromhex(device.spec.ak or "")
    return KeySet(_or_wrong(device, encryption), authentication, FAMILIES[device.spec.model].suite)


def _or_wrong(device: AnyDevice, secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()[: len(secret)] if device.fault(WrongKey) else secret


def _gmac(device: AnyDevice) -> list[Association]:
    """Suite 0: HLS with GMAC."""
    return [public_association(), management_association(keys(device))]


def _ecdsa(device: Meter) -> list[Association]:
    """Suite 1: HLS with ECDSA; what follows is ciphered under the same kind of keys as in suite 0."""
    signing = device.spec.signing
    if signing is None:
        return [public_association()]
    own = private_key(Suite.P256, bytes.fromhex(signing.meter_private))
    peer = public_key(Suite.P256, bytes.fromhex(signing.client_public))
    manager = Association(
        MANAGEMENT,
        Mechanism.HLS_ECDSA,
        keys=keys(device),
        security=Security.BOTH,
        curve_keys=CurveKeys(signing=own, peer_signing=peer),
        writable=None,
        invocable=None,
    )
    return [public_association(), manager]


def _password(device: Meter) -> list[Association]:
    """No ciphering: a password, in the clear."""
    password = _or_wrong(device, bytes.fromhex(device.spec.password or ""))
    terms = {"password": password, "writable": None, "invocable": None, "context": Context.SN}
    return [Association(client, Mechanism.LLS, **terms) for client in PASSWORD_CLIENTS]  # type: ignore[arg-type]


def associations(device: AnyDevice) -> list[Association]:
    """Who may in: only the public client of a device that refuses all others."""
    offered = FAMILIES[device.spec.model].associations(device)
    return [each for each in offered if each.keys is None and not each.password] if _refuses(device) else offered


def _refuses(device: AnyDevice) -> bool:
    return device.fault(RefuseAssociation) is not None


def _wrapper(device: AnyDevice, client: int | None) -> Framing:
    return LossyWrapper(device, MANAGEMENT, client)


def _hdlc(device: Meter, client: int | None) -> Framing:
    return HdlcFraming.server({device.spec.server_address}, device.spec.link_address, HDLC, client=client)


FAMILIES: Mapping[str, Family] = {
    SM3: Family(switching_objects, _gmac, _wrapper),
    SN4: Family(meter_objects, _password, _hdlc, short_names=True),
    SM5: Family(switching_objects, _ecdsa, _wrapper, Suite.P256, window=BLOCK_WINDOW),
    DC1: Family(concentrator_objects, _gmac, _wrapper),
}
