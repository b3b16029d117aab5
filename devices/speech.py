"""How devices of a model are spoken to, as their description files say it: line, names, association, quirks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from protocols.dlms.base_names import NamedObject
from protocols.dlms.keys import Security as Protection
from protocols.dlms.obis import Obis
from protocols.dlms.suites import Suite
from protocols.dlms.tags import Mechanism

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
QUIRKS: Mapping[str, str] = {
    "swapped_octet_string": "logical names in lists of objects come as 06 09 instead of 09 06",
    "no_lists": "several attributes in one request are announced but fail; they are asked for one by one",
}
"""What a description may say is odd about its model, and what that means."""


@dataclass(frozen=True, slots=True)
class Security:
    """How associations are made. Keys and titles belong to the device, not to its model.

    `policy` protects every service; with NONE nothing is ciphered and nothing counted. The public client and the
    invocation counter that it may read are there only where something is ciphered.
    """

    client_address: int
    mechanism: Mechanism
    suite: Suite
    policy: Protection
    dedicated_key: bool
    public_client_address: int | None
    invocation_counter: Obis | None

    @property
    def ciphered(self) -> bool:
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
    policy = _one_of(POLICIES, raw.get("policy", "none"), "policy")
    public, counter = raw.get("public_client_address"), raw.get("invocation_counter")
    if policy is not Protection.NONE and (public is None or counter is None):
        raise ValueError("ciphering needs public_client_address and invocation_counter")
    return Security(
        client_address=raw["client_address"],
        mechanism=_one_of(MECHANISMS, raw["authentication"], "authentication"),
        suite=Suite(raw.get("suite", 0)),
        policy=policy,
        dedicated_key=bool(raw.get("dedicated_key", False)),
        public_client_address=public,
        invocation_counter=None if counter is None else Obis.parse(counter),
    )


def transport_of(raw: Mapping[str, Any]) -> Transport:
    """The `transport` of a description file, by default the wrapper over TCP. ValueError where it is impossible."""
    framing, datagrams = raw.get("framing", "wrapper"), bool(raw.get("datagrams", False))
    if framing not in FRAMINGS or (datagrams and framing != "wrapper"):
        raise ValueError(f"transport: framing is one of {', '.join(FRAMINGS)}, and datagrams carry the wrapper only")
    return Transport(
        framing=framing,
        datagrams=datagrams,
        patience_s=float(raw.get("patience_s", 20)),
        retry_s=float(raw.get("retry_s", 4)),
        block_window=int(raw.get("block_window", 0)),
        info_size=int(raw.get("info_size", 128)),
        window=int(raw.get("window", 1)),
    )


def short_names_of(raw: Mapping[str, Any]) -> tuple[NamedObject, ...] | None:
    """Base names of a model with short names, empty where each meter tells them; None for logical names."""
    if raw.get("referencing", "logical_names") == "logical_names":
        return None
    if raw["referencing"] != "short_names":
        raise ValueError("referencing is logical_names or short_names")
    named = raw.get("base_names", [])
    return tuple(NamedObject(int(each["base"], 16), each["class_id"], Obis.parse(each["obis"])) for each in named)


def quirks_of(raw: Mapping[str, Any]) -> frozenset[str]:
    """The quirks of a model; each needs its evidence. ValueError for one that no driver knows."""
    quirks = raw.get("quirks", {})
    for name, evidence in quirks.items():
        _one_of(QUIRKS, name, "quirk")
        if not evidence:
            raise ValueError(f"quirk {name} has no evidence")
    return frozenset(quirks)


def _one_of(table: Mapping[str, Any], name: str, what: str) -> Any:
    if name not in table:
        raise ValueError(f"{what} {name!r} is not one of {', '.join(table)}")
    return table[name]
