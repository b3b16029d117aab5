"""The table of securities: how a client proves who it is and what protects what the two say to each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from protocols.dlms.acse import Context
from protocols.dlms.conformance import SUPPORTED, SUPPORTED_SN, Conformance
from protocols.dlms.connection import ClientSettings
from protocols.dlms.initiate import InitiateResponse
from protocols.dlms.security import Security, Suite, Tagging
from protocols.dlms.server import Association
from protocols.dlms.tags import Mechanism
from tests.protocols.parties import CLIENT_TITLE, METER_TITLE
from tests.protocols.security.parties import CLIENT, SECRET, curve_keys_of, keys_of
from tests.protocols.short_parties import NAMES

SMALL_PDU, LARGE_PDU = 300, 1000
"""What a meter takes; signatures and public keys need the large one."""


class Naming(Enum):
    """How objects are referred to."""

    LOGICAL = "LN"
    SHORT = "SN"


@dataclass(frozen=True)
class SecurityRow:
    """One way; without `suite` there are no keys. `established` associations are there without AARQ."""

    name: str
    mechanism: Mechanism = Mechanism.NONE
    suite: Suite | None = None
    ciphered: bool = False
    level: Security = Security.NONE
    tagging: Tagging = Tagging.SERVICE
    dedicated: bool = False
    established: bool = False

    @property
    def max_pdu(self) -> int:
        """Octets of the largest APDU of the meter."""
        public = self.tagging in (Tagging.ONE_PASS, Tagging.STATIC) or bool(self.level & Security.SIGNED)
        return LARGE_PDU if public else SMALL_PDU

    def client(self, naming: Naming, window: int) -> ClientSettings:
        """The client's settings; `window` above 0 offers general block transfer."""
        return ClientSettings(
            **self._shared(naming, window, 11, 21),
            expected_title=METER_TITLE if self.established and self.ciphered else None,
            title=CLIENT_TITLE,
            tagging=self.tagging,
            dedicated=self.dedicated,
            block_window=window,
            conformance=_conformance(naming),
            short_names=NAMES if naming is Naming.SHORT else None,
        )

    def meter(self, naming: Naming, window: int) -> Association:
        """The meter's terms for that client."""
        return Association(
            CLIENT,
            **self._shared(naming, window, 21, 11),
            client_title=CLIENT_TITLE if self.established and self.ciphered else b"",
            writable=None,
            invocable=None,
        )

    def _shared(self, naming: Naming, window: int, own: int, peer: int) -> dict[str, Any]:
        suite = Suite.P256 if self.mechanism is Mechanism.HLS_ECDSA and self.suite is None else self.suite
        granted = InitiateResponse(_conformance(naming, window), self.max_pdu)
        return {
            "mechanism": self.mechanism,
            "password": SECRET,
            "keys": None if self.suite is None else keys_of(self.suite),
            "curve_keys": curve_keys_of(suite or Suite.AES_128, own, peer),
            "security": self.level,
            "context": _CONTEXTS[naming, self.ciphered],
            "established": granted if self.established else None,
        }


def _conformance(naming: Naming, window: int = 0) -> Conformance:
    supported = SUPPORTED if naming is Naming.LOGICAL else SUPPORTED_SN
    return supported | Conformance.GENERAL_BLOCK_TRANSFER if window else supported


_CONTEXTS = {
    (Naming.LOGICAL, False): Context.LN,
    (Naming.LOGICAL, True): Context.LN_CIPHERED,
    (Naming.SHORT, False): Context.SN,
    (Naming.SHORT, True): Context.SN_CIPHERED,
}
_LEVELS = {"A": Security.AUTHENTICATED, "E": Security.ENCRYPTED, "AE": Security.BOTH}
_SIGNED = {
    "S": Security.SIGNED,
    "S+E": Security.SIGNED | Security.ENCRYPTED,
    "S+AE": Security.SIGNED | Security.BOTH,
}
_GLOBAL = {
    "glo": Tagging.SERVICE,
    "general-glo": Tagging.GENERAL,
    "identified": Tagging.IDENTIFIED,
    "wrapped": Tagging.WRAPPED,
}
_AGREED = {"one-pass": Tagging.ONE_PASS, "static": Tagging.STATIC}
_DEDICATED = {"ded": Tagging.SERVICE, "general-ded": Tagging.GENERAL}
_MECHANISMS = {
    "none": Mechanism.NONE,
    "LLS": Mechanism.LLS,
    "HLS 2": Mechanism.HLS,
    "HLS 3": Mechanism.HLS_MD5,
    "HLS 4": Mechanism.HLS_SHA1,
    "HLS 6": Mechanism.HLS_SHA256,
    "HLS 7": Mechanism.HLS_ECDSA,
}


def _plain() -> Iterator[SecurityRow]:
    for name, mechanism in _MECHANISMS.items():
        yield SecurityRow(name, mechanism)
    yield SecurityRow("HLS 5", Mechanism.HLS_GMAC, Suite.AES_128)
    yield SecurityRow("pre-established", established=True)


def _ciphered(suite: Suite) -> Iterator[SecurityRow]:
    """Everything of one suite with HLS 5."""
    curves = suite is not Suite.AES_128
    taggings = _GLOBAL | _AGREED if curves else _GLOBAL
    for level_name, level in _LEVELS.items():
        for name, tagging in taggings.items():
            yield _row(f"{name} {level_name}", suite, level, tagging)
        for name, tagging in _DEDICATED.items():
            yield _row(f"{name} {level_name}", suite, level, tagging, dedicated=True)
    for level_name, level in _SIGNED.items() if curves else ():
        for name, tagging in taggings.items():
            yield _row(f"{name} {level_name}", suite, level, tagging)


def _others(suite: Suite) -> Iterator[SecurityRow]:
    """Other mechanisms with ciphering, and associations that are there from the beginning."""
    for name, mechanism in _MECHANISMS.items():
        if suite is not Suite.AES_128 or mechanism is not Mechanism.HLS_ECDSA:
            yield _row(f"{name} glo AE", suite, mechanism=mechanism)
    for name, tagging in _GLOBAL.items():
        yield _row(f"pre-established {name} AE", suite, tagging=tagging, mechanism=Mechanism.NONE, established=True)


def _row(
    name: str,
    suite: Suite,
    level: Security = Security.BOTH,
    tagging: Tagging = Tagging.SERVICE,
    *,
    mechanism: Mechanism = Mechanism.HLS_GMAC,
    dedicated: bool = False,
    established: bool = False,
) -> SecurityRow:
    return SecurityRow(f"suite {suite:d} {name}", mechanism, suite, True, level, tagging, dedicated, established)


SECURITIES: tuple[SecurityRow, ...] = (
    *_plain(),
    *(row for suite in Suite for row in (*_ciphered(suite), *_others(suite))),
)
