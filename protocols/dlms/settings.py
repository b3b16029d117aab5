"""What two sides must know before they talk."""

from dataclasses import dataclass, field

from protocols.dlms.acse import Context
from protocols.dlms.base_names import BaseNames
from protocols.dlms.conformance import SUPPORTED, SUPPORTED_SN, Conformance
from protocols.dlms.general_block import MAX_WINDOW
from protocols.dlms.initiate import InitiateResponse
from protocols.dlms.keys import KeySet, MessageKeys, ReceiveCounter, Security, SendCounter, checked_title
from protocols.dlms.security.curves import NO_CURVE_KEYS, CurveKeys
from protocols.dlms.security.handshake import (
    MAX_ECB_SECRET,
    SECRET_MECHANISMS,
    TITLED_MECHANISMS,
    Handshake,
    Manufacturers,
    aes_ecb,
)
from protocols.dlms.security.key_ring import Credentials, KeyRing, KeyUse
from protocols.dlms.security.message_keys import Tagging, check_means
from protocols.dlms.security.protection import Protection
from protocols.dlms.suites import Suite
from protocols.dlms.tags import Mechanism
from protocols.errors import Cause, LocalProtocolError

MAX_TRANSFER = 16 * 1024 * 1024
MIN_CHALLENGE, MAX_CHALLENGE = 8, 64
_MIN_SIGNED_CHALLENGE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """What the settings of both roles share.

    With `keys` the application context is ciphered unless `context` says otherwise; names, by logical or short name,
    are part of the context too. `password` is the secret of LLS and of HLS 2, 3, 4 and 6; `curve_keys` serve HLS 7,
    signatures and key agreement; `manufacturers` is the function of HLS 2. `message_keys` refuses replays under keys
    made for single messages. `established` describes an association that is there without AARQ (pre-established): what
    its initiate response would have granted. `block_window` (1..63) offers general block transfer and is how many
    blocks we take at once; 0, the default, does not: all meters have the blocks of each service, few the general ones.
    """

    mechanism: Mechanism = field(default=Mechanism.NONE, kw_only=False)
    password: bytes = field(default=b"", repr=False)
    keys: KeySet | None = None
    title: bytes = b""
    counter: SendCounter = field(default_factory=SendCounter)
    conformance: Conformance = SUPPORTED
    challenge_size: int = 16
    context: Context | None = None
    curve_keys: CurveKeys = NO_CURVE_KEYS
    message_keys: MessageKeys = field(default_factory=MessageKeys)
    manufacturers: Manufacturers = aes_ecb
    established: InitiateResponse | None = None
    block_window: int = 0

    @property
    def suite(self) -> Suite:
        """The security suite: that of the keys, or of the signing key where there are none."""
        if self.keys:
            return self.keys.suite
        return Suite.AES_128 if self.curve_keys.signing is None else Suite.of_curve(self.curve_keys.signing.curve)

    @property
    def named_context(self) -> Context:
        """The application context: the one given, else logical names, ciphered when there are keys."""
        return self.context or (Context.LN_CIPHERED if self.keys else Context.LN)

    @property
    def fresh_challenge_size(self) -> int:
        """Octets of a challenge of ours; ECDSA asks for at least 32."""
        least = _MIN_SIGNED_CHALLENGE if self.mechanism is Mechanism.HLS_ECDSA else MIN_CHALLENGE
        return max(least, self.challenge_size)

    def handshake(self, ring: KeyRing | None, peer: bytes, own_challenge: bytes, peer_challenge: bytes) -> Handshake:
        """The proofs of HLS with the peer of this title."""
        return Handshake(
            mechanism=self.mechanism,
            own_title=self.title,
            peer_title=peer,
            own_challenge=own_challenge,
            peer_challenge=peer_challenge,
            secret=self.password,
            cipher=ring.unicast if ring else None,
            suite=self.suite,
            curve_keys=self.curve_keys,
            manufacturers=self.manufacturers,
        )

    def _credentials(
        self,
        keys: KeySet,
        received: ReceiveCounter,
        broadcast_sent: SendCounter,
        broadcast_received: ReceiveCounter | None = None,
    ) -> Credentials:
        lasting = keys, self.title, self.counter, received
        return Credentials(*lasting, self.curve_keys, self.message_keys, broadcast_sent, broadcast_received)

    def _check(self) -> None:
        if self.keys or self.mechanism in TITLED_MECHANISMS:
            checked_title(self.title)
        _require(bool(self.keys) or not self.named_context.ciphered, "a ciphered context needs keys")
        _require(self.challenge_size <= MAX_CHALLENGE, f"a challenge has at most {MAX_CHALLENGE} octets")
        _require(0 <= self.block_window <= MAX_WINDOW, f"a window has at most {MAX_WINDOW} blocks")
        general = Conformance.GENERAL_BLOCK_TRANSFER
        if (general in self.conformance) != bool(self.block_window):
            object.__setattr__(self, "conformance", self.conformance ^ general)
        self._check_mechanism()
        self.curve_keys.check(self.suite)

    def _check_mechanism(self) -> None:
        if self.mechanism is Mechanism.HLS_GMAC:
            _require(self.keys is not None, "HLS with GMAC needs keys")
        if self.mechanism in SECRET_MECHANISMS:
            _require(bool(self.password), f"{self.mechanism.name} needs its secret as password")
        if self.mechanism is Mechanism.HLS and self.manufacturers is aes_ecb:
            _require(len(self.password) <= MAX_ECB_SECRET, f"the secret of HLS 2 has at most {MAX_ECB_SECRET} octets")
        if self.mechanism is Mechanism.HLS_ECDSA:
            pair = (self.curve_keys.signing, self.curve_keys.peer_signing)
            _require(None not in pair, "HLS with ECDSA needs our signing key and the peer's public one")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings(_Terms):
    """How a client associates with one meter; see `_Terms` for what both roles share.

    `security` protects every service; `answer_security`, the same by default, is the least that answers must have.
    `counter` is the next unused invocation counter of these keys (persist `counter.next_value` before the bytes of
    `send` leave). `expected_title`, when known, is compared with the meter's and opens ciphered notifications outside
    an association. `server_counter` refuses replays, `max_reply` bounds one block transfer. `tagging` chooses the APDUs
    that carry protected services, `dedicated` makes a key for this association alone, `broadcast` sends under the
    broadcast key with `broadcast_counter`. `certificate` (DER, for HLS 7), `user` and `quality` go into the AARQ.
    `short_names` is the map of a meter that is asked by base names (`exchange.learn_names` reads it); with it `context`
    and `conformance` are by default those of short names.
    """

    security: Security = Security.BOTH
    answer_security: Security | None = None
    expected_title: bytes | None = None
    server_counter: ReceiveCounter = field(default_factory=ReceiveCounter)
    max_pdu: int = 0xFFFF
    max_reply: int = MAX_TRANSFER
    tagging: Tagging = Tagging.SERVICE
    dedicated: bool = False
    broadcast: bool = False
    broadcast_counter: SendCounter = field(default_factory=SendCounter)
    certificate: bytes = b""
    user: int | None = None
    quality: int | None = None
    short_names: BaseNames | None = None

    def __post_init__(self) -> None:
        self._fill_in_names()
        self._check()
        if self.keys:
            check_means(self.tagging, self.keys, self.curve_keys)
            _require(not self.broadcast or bool(self.keys.broadcast), "the broadcast key is missing")
            _check_signing(self.security, self.curve_keys)
        _require(not self.dedicated or self.named_context.ciphered, "a dedicated key needs a ciphered context")
        if self.established and self.named_context.ciphered:
            checked_title(self.expected_title or b"")

    def _fill_in_names(self) -> None:
        """What short names bring with them: the map asks for the context, the context for a map."""
        if self.context is None and self.short_names is not None:
            object.__setattr__(self, "context", Context.SN_CIPHERED if self.keys else Context.SN)
        if not self.named_context.short_names:
            _require(self.short_names is None, f"no map of short names serves in the context {self.named_context.name}")
            return
        if self.short_names is None:
            object.__setattr__(self, "short_names", BaseNames())
        if self.conformance == SUPPORTED:
            object.__setattr__(self, "conformance", SUPPORTED_SN)

    def key_ring(self) -> KeyRing | None:
        """The ciphers of an association, None without keys; they know the meter's title when it is expected."""
        if self.keys is None:
            return None
        ring = KeyRing(self._credentials(self.keys, self.server_counter, self.broadcast_counter))
        if self.expected_title:
            ring.peer_title = self.expected_title
        return ring

    def protection(self, ring: KeyRing | None) -> Protection | None:
        """What protects the association, None in a context without ciphering."""
        if ring is None or not self.named_context.ciphered:
            return None
        use = KeyUse.BROADCAST if self.broadcast else KeyUse.GLOBAL
        return Protection(ring, self.security, self.answer_security, tagging=self.tagging, use=use)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings(_Terms):
    """How a server lets one client associate; see `_Terms` for what both roles share.

    `security` is the least protection every request must have, `answer_security`, the same by default, the least of
    every answer (an answer has at least what its request had). `max_pdu` bounds what the server accepts and sends.
    `client_title` is the only one accepted when it is given; an association without AARQ cannot do without.
    """

    security: Security = Security.NONE
    answer_security: Security | None = None
    client_title: bytes = b""
    client_counter: ReceiveCounter = field(default_factory=ReceiveCounter)
    broadcast_counter: ReceiveCounter = field(default_factory=ReceiveCounter)
    max_pdu: int = 1024
    max_request: int = MAX_TRANSFER

    def __post_init__(self) -> None:
        self._check()
        if self.keys:
            _check_signing(self.security | (self.answer_security or Security.NONE), self.curve_keys)
        if self.established and self.named_context.ciphered:
            checked_title(self.client_title)

    def key_ring(self) -> KeyRing | None:
        """The ciphers of an association, None without keys; they know the client's title when it is given."""
        if self.keys is None:
            return None
        ring = KeyRing(self._credentials(self.keys, self.client_counter, SendCounter(), self.broadcast_counter))
        if self.client_title:
            ring.peer_title = self.client_title
        return ring

    def protection(self, ring: KeyRing | None) -> Protection | None:
        """What protects the association, None in a context without ciphering."""
        if ring is None or not self.named_context.ciphered:
            return None
        least = self.security if self.answer_security is None else self.answer_security
        return Protection(ring, least, self.security, mirrors=True)


def _check_signing(security: Security, curve_keys: CurveKeys) -> None:
    pair = (curve_keys.signing, curve_keys.peer_signing)
    _require(not security & Security.SIGNED or None not in pair, "signatures need the signing keys of both sides")


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise LocalProtocolError(Cause.INVALID_VALUE, message)
