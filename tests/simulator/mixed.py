"""A fleet with every model, and a client for each."""

from dataclasses import replace

from protocols.dlms.base_names import BaseNames, NamedObject
from protocols.dlms.connection import ClientSettings
from protocols.dlms.obis import Obis
from protocols.dlms.objects import ProfileLayout
from protocols.dlms.security import CurveKeys, KeySet, SendCounter, Suite
from protocols.dlms.security.curves import point_of, private_key, public_key
from protocols.dlms.selection import Capture
from protocols.dlms.tags import Mechanism
from protocols.framing import Framing
from protocols.gateway import GatewayFraming
from protocols.hdlc import HdlcFraming
from protocols.wrapper import WrapperFraming
from simulator.buffers import LAYOUTS
from simulator.faults import Fault
from simulator.fleet import ConcentratorSpec, Fleet, MeterSpec
from simulator.make_fleet import make_fleet
from simulator.models import SM3, SM5, SN4
from tests.simulator.clients import LOAD, TITLE, Client, private_host, settings_for
from tests.simulator.worlds import NOON

HEAD_END = private_key(Suite.P256, bytes(31) + b"\x07")
CLIENT_PUBLIC = point_of(HEAD_END.public_key()).hex()
BEHIND = "behind a concentrator"
KINDS = (SM3, SN4, SM5, BEHIND)


def mixed_fleet(*faults: Fault, count: int = 6, quirks: tuple[str, ...] | None = None) -> Fleet:
    """One meter each of the rarer kinds on private addresses, every meter with these faults."""
    fleet = make_fleet(count, 3, NOON, faults=False, client_public=CLIENT_PUBLIC)
    meters = [
        replace(
            spec,
            faults=faults,
            host=None if spec.host is None else private_host(number),
            quirks=spec.quirks if quirks is None else quirks,
        )
        for number, spec in enumerate(fleet.meters)
    ]
    concentrators = [replace(spec, host=private_host(200 + n)) for n, spec in enumerate(fleet.concentrators)]
    return replace(fleet, meters=tuple(meters), concentrators=tuple(concentrators), strangers=())


def of_kind(fleet: Fleet, kind: str) -> MeterSpec:
    """The first meter of a kind: a model reached directly, or one behind a concentrator."""
    wanted = kind == BEHIND
    found = (spec for spec in fleet.meters if (spec.concentrator is not None) == wanted)
    return next(spec for spec in found if wanted or spec.model == kind)


def reach(fleet: Fleet, spec: MeterSpec, counter: int = 1, patience: float | None = None) -> Client:
    """A client of a meter in the way of its model."""
    if spec.concentrator is not None:
        gate = next(each for each in fleet.concentrators if each.serial == spec.concentrator)
        line = GatewayFraming(WrapperFraming(1, 1), 0, bytes.fromhex(spec.gateway_address or ""))
        return Client(gate, settings_for(spec, counter), framing=line, patience=patience)
    if spec.model == SN4:
        return Client(spec, password_settings(spec), framing=hdlc(spec), patience=patience)
    return Client(spec, suite_1_settings(spec, counter) if spec.model == SM5 else settings_for(spec, counter))


def hdlc(spec: MeterSpec) -> Framing:
    return HdlcFraming.client(2, spec.server_address, spec.link_address)


def password_settings(spec: MeterSpec) -> ClientSettings:
    return ClientSettings(Mechanism.LLS, password=bytes.fromhex(spec.password or ""), short_names=NAMES)


def suite_1_settings(spec: MeterSpec, counter: int = 1, window: int = 4) -> ClientSettings:
    """Suite 1 with both signing keys; 512 octets at most, so that long answers need blocks."""
    assert spec.signing is not None
    return ClientSettings(
        Mechanism.HLS_ECDSA,
        keys=KeySet(bytes.fromhex(spec.ek or ""), bytes.fromhex(spec.ak or ""), Suite.P256),
        title=TITLE,
        counter=SendCounter(counter),
        curve_keys=CurveKeys(
            signing=HEAD_END, peer_signing=public_key(Suite.P256, bytes.fromhex(spec.signing.meter_public))
        ),
        expected_title=bytes.fromhex(spec.system_title),
        block_window=window,
        max_pdu=512,
    )


def known_layout(obis: Obis = LOAD) -> ProfileLayout:
    """What the description of a model says of a profile."""
    layout = next(layout for layout in LAYOUTS if layout.obis == obis)
    captures: tuple[Capture, ...] = layout.captures
    return ProfileLayout(obis, captures, layout.period)


# Some base names as the description of the family has them; the others are read from the meter.
NAMES = BaseNames(
    [
        NamedObject(0x2BC0, 8, Obis.parse("0-0:1.0.0")),
        NamedObject(0x62E8, 7, LOAD, 1),
        NamedObject(0x7D08, 3, Obis.parse("1-0:1.8.0")),
        NamedObject(0x7E08, 3, Obis.parse("1-0:2.8.0")),
    ]
)


def concentrator(fleet: Fleet) -> ConcentratorSpec:
    return fleet.concentrators[0]
