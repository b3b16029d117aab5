"""How we associate with a device: what its description says, with the keys of the device and of this head-end."""

from django.conf import settings

from devices.signing import signing_key
from headend import causes
from headend.causes import SessionError
from headend.drivers.base import COUNTERS_PER_SESSION, Target
from headend.drivers.dlms_names import known_names
from protocols.dlms.base_names import BaseNames
from protocols.dlms.conformance import SUPPORTED, SUPPORTED_SN, Conformance
from protocols.dlms.connection import ClientSettings
from protocols.dlms.keys import MAX_COUNTER
from protocols.dlms.security import CurveKeys, KeySet, SendCounter
from protocols.dlms.security.curves import public_key
from protocols.dlms.security.handshake import SECRET_MECHANISMS
from protocols.dlms.suites import Suite
from protocols.dlms.tags import Mechanism


def association_of(target: Target, first_counter: int) -> ClientSettings:
    """The settings of the reading client. SessionError (NO_KEYS) names the key that is missing."""
    security = target.description.security
    limit = min(first_counter + COUNTERS_PER_SESSION - 1, MAX_COUNTER)
    return ClientSettings(
        security.mechanism,
        password=_password(target),
        keys=_keys(target) if security.ciphered else None,
        security=security.policy,
        title=settings.SYSTEM_TITLE,
        expected_title=target.system_title or None,
        counter=SendCounter(first_counter, limit),
        conformance=_conformance(target),
        curve_keys=_curve_keys(target),
        tagging=security.tagging,
        dedicated=security.dedicated_key,
        block_window=target.description.transport.block_window,
        short_names=base_names(target),
    )


def public_association(target: Target) -> ClientSettings:
    """The settings of the public client, who needs no keys."""
    return ClientSettings(short_names=base_names(target))


def base_names(target: Target) -> BaseNames | None:
    """The map of a device with short names: of its model, on file, or empty where it must tell its own."""
    named = target.description.short_names
    if named is None:
        return None
    return BaseNames(named) if named else known_names(target.names)


def must_tell_names(target: Target) -> bool:
    """Whether nobody but the device knows its map."""
    return target.description.short_names == () and target.names is None


def _conformance(target: Target) -> Conformance:
    offered = SUPPORTED if target.description.short_names is None else SUPPORTED_SN
    return offered & ~Conformance.MULTIPLE_REFERENCES if "no_lists" in target.description.quirks else offered


def _password(target: Target) -> bytes:
    mechanism = target.description.security.mechanism
    return _key(target, "password") if mechanism is Mechanism.LLS or mechanism in SECRET_MECHANISMS else b""


def _keys(target: Target) -> KeySet:
    given, suite = target.keys, target.description.security.suite
    lasting = _key(target, "encryption"), _key(target, "authentication")
    return KeySet(*lasting, suite, broadcast=given.get("broadcast", b""), master=given.get("master", b""))


def _curve_keys(target: Target) -> CurveKeys:
    if target.description.security.mechanism is not Mechanism.HLS_ECDSA:
        return CurveKeys()
    return CurveKeys(signing=signing_key(), peer_signing=public_key(Suite.P256, _key(target, "signature")))


def _key(target: Target, kind: str) -> bytes:
    if kind not in target.keys:
        raise SessionError(causes.NO_KEYS, f"there is no {kind} key")
    return target.keys[kind]
