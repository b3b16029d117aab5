"""How devices of a model are spoken to, as their description files say it: line, names, association, quirks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devices.described_fields import flag, known_only, one_of, seconds, whole
from protocols.dlms.base_names import NamedObject
from protocols.dlms.general_block import MAX_WINDOW as MAX_BLOCK_WINDOW
from protocols.dlms.keys import Security as Protection
from protocols.dlms.obis import Obis
from protocols.dlms.security import Tagging
from protocols.dlms.suites import Suite
from protocols.dlms.tags import Mechanism
from protocols.hdlc.settings import DEFAULT_INFO, MAX_INFO, MAX_WINDOW

MAX_ADDRESS = 0xFFFF
MAX_PATIENCE_S = 600
MANAGEMENT, PUBLIC = "management", "public"
FRAMINGS = ("wrapper", "hdlc", "mode_e")
POLICIES: Mapping[str, Protection] = {
    "none": Protection.NONE,
    "authenticated": Protection.AUTHENTICATED,
    "encrypted": Protection.ENCRYPTED,
    "authenticated_encrypted": Protection.BOTH,
}
MECHANISMS: Mapping[str, Mechanism] = {
    "none": Mechanism.NONE,
    "lls": Mechanism.LLS,
    "hls_manufacturer": Mechanism.HLS,
    "hls_md5": Mechanism.HLS_MD5,
    "hls_sha1": Mechanism.HLS_SHA1,
    "hls_gmac": Mechanism.HLS_GMAC,
    "hls_sha256": Mechanism.HLS_SHA256,
    "hls_ecdsa": Mechanism.HLS_ECDSA,
}
TAGGINGS: Mapping[str, Tagging] = {"service": Tagging.SERVICE, "general": Tagging.GENERAL}
QUIRKS: Mapping[str, str] = {
    "swapped_octet_string": "logical names in lists of objects come as 06 09 instead of 09 06",
    "no_lists": "several attributes in one request are announced but fail; they are asked for one by one",
}
"""What a description may say is odd about its model, and what that means."""


@dataclass(frozen=True, slots=True)
class Security:
    """How associations are made. Keys and titles belong to the device, not to its model.

    `policy` protects every service; with NONE nothing is ciphered and nothing counted. `tagging` is the kind of APDU
    that carries protected services. The public client and the invocation counter that it may read are there only where
    something is ciphered.
    """

    client_address: int
    mechanism: Mechanism
    suite: Suite
    policy: Protection
    tagging: Tagging
    dedicated_key: bool
    public_client_address: int | None
    invocation_counter: Obis | None

    @property
    def ciphered(self) -> bool:
        """Whether there are keys and a counter."""
        return self.policy is not Protection.NONE


@dataclass(frozen=True, slots=True)
class Transport:
    """The line. After `retry_s` seconds of silence what can be repeated is repeated, after `patience_s` it is given up.

    `block_window` blocks of general block transfer are taken at once, 0: it is not offered. `info_size` octets and
    `window` frames are proposed to HDLC.
    """

    framing: str
    datagrams: bool
    patience_s: float
    retry_s: float
    block_window: int
    info_size: int
    window: int


def security_of(raw: Mapping[str, Any]) -> Security:
    """The `security` of a description file. KeyError or ValueError where it cannot be understood."""
    known_only(raw, _SECURITY, "security")
    public, counter = raw.get("public_client_address"), raw.get("invocation_counter")
    found = Security(
        client_address=whole(raw, "client_address", None, 1, MAX_ADDRESS),
        mechanism=one_of(MECHANISMS, raw["authentication"], "authentication"),
        suite=Suite(whole(raw, "suite", 0, min(Suite), max(Suite))),
        policy=one_of(POLICIES, raw.get("policy", "none"), "policy"),
        tagging=one_of(TAGGINGS, raw.get("tagging", "service"), "tagging"),
        dedicated_key=flag(raw, "dedicated_key"),
        public_client_address=None if public is None else whole(raw, "public_client_address", None, 1, MAX_ADDRESS),
        invocation_counter=None if counter is None else Obis.parse(counter),
    )
    _check_security(found)
    return found


def clients_of(raw: Mapping[str, Mapping[str, Any]], management: Security) -> Mapping[str, Security]:
    """The associations of a model by name: those of `clients`, `management`, and `public` where its address is known.

    A client that ciphers has the public client and the counter of `management` unless it names its own.
    """
    found = {PUBLIC: _plain(management.public_client_address)} if management.public_client_address else {}
    found[MANAGEMENT] = management
    for name, said in raw.items():
        if name == MANAGEMENT:
            raise ValueError(f"client {MANAGEMENT} is what security describes")
        found[name] = security_of({**_counted(management), **said} if "policy" in said else said)
    return found


def transport_of(raw: Mapping[str, Any]) -> Transport:
    """The `transport` of a description file, by default the wrapper over TCP. ValueError where it is impossible."""
    known_only(raw, _TRANSPORT, "transport")
    framing, datagrams = raw.get("framing", "wrapper"), flag(raw, "datagrams")
    if framing not in FRAMINGS or (datagrams and framing != "wrapper"):
        raise ValueError(f"transport: framing is one of {', '.join(FRAMINGS)}, and datagrams carry the wrapper only")
    patience_s = seconds(raw, "patience_s", 20, 1, MAX_PATIENCE_S)
    return Transport(
        framing=framing,
        datagrams=datagrams,
        patience_s=patience_s,
        retry_s=seconds(raw, "retry_s", min(4, patience_s), 0.1, patience_s),
        block_window=whole(raw, "block_window", 0, 0, MAX_BLOCK_WINDOW),
        info_size=whole(raw, "info_size", DEFAULT_INFO, 1, MAX_INFO),
        window=whole(raw, "window", 1, 1, MAX_WINDOW),
    )


def short_names_of(raw: Mapping[str, Any]) -> tuple[NamedObject, ...] | None:
    """Base names of a model with short names, empty where each meter tells them; None for logical names."""
    if raw.get("referencing", "logical_names") == "logical_names":
        return None
    if raw["referencing"] != "short_names":
        raise ValueError("referencing is logical_names or short_names")
    named = raw.get("base_names", [])
    return tuple(named_object_of(each) for each in named)


def quirks_of(raw: Mapping[str, Any]) -> frozenset[str]:
    """The quirks of a model; each needs its evidence. ValueError for one that no driver knows."""
    quirks = raw.get("quirks", {})
    for name, evidence in quirks.items():
        one_of(QUIRKS, name, "quirk")
        if not evidence:
            raise ValueError(f"quirk {name} has no evidence")
    return frozenset(quirks)


def _plain(address: int) -> Security:
    return security_of({"client_address": address, "authentication": "none"})


def _counted(management: Security) -> Mapping[str, Any]:
    if management.invocation_counter is None:
        return {}
    counter = str(management.invocation_counter)
    return {"public_client_address": management.public_client_address, "invocation_counter": counter}


def named_object_of(raw: Mapping[str, Any]) -> NamedObject:
    """An entry of `base_names`."""
    known_only(raw, ("base", "class_id", "obis", "version"), "an entry of base_names")
    class_id, version = whole(raw, "class_id", None, 0, 0xFFFF), whole(raw, "version", 0, 0, 0xFF)
    return NamedObject(int(raw["base"], 16), class_id, Obis.parse(raw["obis"]), version)


_SECURITY = (
    "client_address", "authentication", "suite", "policy", "tagging", "dedicated_key", "public_client_address",
    "invocation_counter",
)  # fmt: skip
_TRANSPORT = ("framing", "datagrams", "patience_s", "retry_s", "block_window", "info_size", "window")


def _check_security(security: Security) -> None:
    """What single fields cannot say."""
    if security.ciphered and None in (security.public_client_address, security.invocation_counter):
        raise ValueError("ciphering needs public_client_address and invocation_counter")
    if not security.ciphered and (security.dedicated_key or security.mechanism is Mechanism.HLS_GMAC):
        raise ValueError("hls_gmac and dedicated_key need keys: policy must not be none")
    if security.mechanism is Mechanism.HLS_ECDSA and security.suite is not Suite.P256:
        raise ValueError("hls_ecdsa needs suite 1: the signing key of this head-end is one of P-256")
