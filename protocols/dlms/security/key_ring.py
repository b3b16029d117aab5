"""The ciphers of one association: one for each key both sides have, and those made for single messages."""

import hashlib
from dataclasses import dataclass, field, replace
from enum import Enum

from protocols.dlms.keys import KeySet, MessageKeys, ReceiveCounter, SendCounter
from protocols.dlms.security.cipher import Cipher
from protocols.dlms.security.curves import NO_CURVE_KEYS, CurveKeys
from protocols.dlms.security.diagnosis import BROADCAST
from protocols.dlms.security.envelopes import GeneralCiphering, Header, KeyChoice, KeyInfo
from protocols.dlms.security.message_keys import Tagging, new_message_key, received_message_key
from protocols.dlms.suites import Suite
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage


class KeyUse(Enum):
    """Which lasting key enciphers; the value is its key-id in general-ciphering (a dedicated key has none)."""

    GLOBAL = 0
    BROADCAST = 1
    DEDICATED = -1


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one side holds to protect and to open: keys, its system title, counters of both directions.

    `message_keys` remembers keys the peer made for single messages, `broadcast_*` count under the broadcast key. Only a
    server has `broadcast_received`: all meters have that key, so to others what comes under it proves nothing.
    """

    keys: KeySet
    title: bytes
    sent: SendCounter
    received: ReceiveCounter
    curve_keys: CurveKeys = NO_CURVE_KEYS
    message_keys: MessageKeys = field(default_factory=MessageKeys)
    broadcast_sent: SendCounter = field(default_factory=SendCounter)
    broadcast_received: ReceiveCounter | None = None


class KeyRing:
    """Ciphers by use. `peer_title` must be set before anything can be opened."""

    __slots__ = ("_broadcast", "_dedicated", "_held", "_peer_title", "_required", "unicast")

    def __init__(self, held: Credentials) -> None:
        self._held = held
        self._peer_title = b""
        self._required = 0
        self.unicast = Cipher(held.keys, held.title, held.sent, held.received)
        self._broadcast: Cipher | None = None
        self._dedicated: Cipher | None = None

    @property
    def held(self) -> Credentials:
        """What the ring was made of."""
        return self._held

    @property
    def is_dedicated(self) -> bool:
        """Whether there is a dedicated key."""
        return self._dedicated is not None

    @property
    def hears_broadcasts(self) -> bool:
        """Whether messages under the broadcast key are opened."""
        return bool(self._held.keys.broadcast) and self._held.broadcast_received is not None

    @property
    def suite(self) -> Suite:
        """The security suite of all keys."""
        return self._held.keys.suite

    @property
    def peer_title(self) -> bytes:
        """The other side's system title, empty until it is known."""
        return self._peer_title

    @peer_title.setter
    def peer_title(self, title: bytes) -> None:
        self.unicast.peer_title = title
        self._peer_title = title
        for cipher in (self._broadcast, self._dedicated):
            if cipher is not None:
                cipher.peer_title = title

    def require(self, bits: int) -> None:
        """Open nothing, under whatever key, that has not these bits of protection."""
        self._required = bits
        for cipher in (self.unicast, self._broadcast, self._dedicated):
            if cipher is not None:
                cipher.required = bits

    def dedicate(self, key: bytes, received: ReceiveCounter | None = None) -> None:
        """Use the dedicated key of this association; its counters begin anew.

        The first message sent has counter 1, the first received may have 0 unless its counter is given.
        RemoteProtocolError (GARBAGE) for a key of a wrong size.
        """
        if len(key) != self.suite.key_size:
            raise garbage(f"a dedicated key of suite {self.suite:d} has {self.suite.key_size} octets, not {len(key)}")
        self._dedicated = self._cipher(key, SendCounter(), received or ReceiveCounter(-1))

    def forget_dedicated(self) -> None:
        """Be without a dedicated key."""
        self._dedicated = None

    def cipher(self, use: KeyUse) -> Cipher:
        """The cipher to send with. LocalProtocolError (INVALID_VALUE) when there is no such key."""
        if use is KeyUse.GLOBAL:
            return self.unicast
        if use is KeyUse.BROADCAST:
            return self._broadcasting()
        if self._dedicated is None:
            raise LocalProtocolError(Cause.INVALID_VALUE, "no dedicated key is agreed")
        return self._dedicated

    def open_global(self, protected: bytes) -> tuple[bytes, int, KeyUse]:
        """Open SC ‖ IC ‖ … of a glo- APDU: plaintext, protection bits, and which global key it was."""
        if protected[:1] and protected[0] & BROADCAST and self.hears_broadcasts:
            return (*self._broadcasting().open(protected), KeyUse.BROADCAST)
        return (*self.unicast.open(protected), KeyUse.GLOBAL)

    def open_dedicated(self, protected: bytes) -> tuple[bytes, int, KeyUse]:
        """Open SC ‖ IC ‖ … of a ded- APDU. RemoteProtocolError (UNEXPECTED) when no dedicated key was agreed."""
        if self._dedicated is None:
            raise RemoteProtocolError(Cause.UNEXPECTED, "a message under a dedicated key, but none is agreed")
        return (*self._dedicated.open(protected), KeyUse.DEDICATED)

    def message_cipher(self, tagging: Tagging, use: KeyUse, header: Header) -> tuple[Cipher, KeyInfo]:
        """The cipher of one general-ciphering message to send, and its key information.

        A key that nobody had before begins at counter 0. The key of static agreement depends on the transaction id
        alone, which the other side may have chosen, so there the lasting counter keeps nonces apart.
        """
        if tagging is Tagging.IDENTIFIED:
            return self._identified(use), KeyInfo(KeyChoice.IDENTIFIED, use.value)
        key, info = new_message_key(tagging, self._held.keys, self._held.curve_keys, header)
        sent = self._held.sent if tagging is Tagging.STATIC else SendCounter(0)
        return self._cipher(key, sent, ReceiveCounter()), info

    def open_message(self, apdu: GeneralCiphering) -> tuple[bytes, int, KeyUse]:
        """Open a general-ciphering APDU: plaintext, protection bits, and which global key it was, if any."""
        context, info = apdu.header.encode(), apdu.key
        if info is None or info.choice is KeyChoice.IDENTIFIED:
            use = self._use_of(info)
            return (*self._identified(use).open(apdu.ciphered, context), use)
        held = self._held
        key = received_message_key(info, held.keys, held.curve_keys, apdu.header, held.title)
        fingerprint = hashlib.sha256(key).digest()
        counter = held.message_keys.counter(fingerprint)
        plain, bits = self._cipher(key, SendCounter(), counter).open(apdu.ciphered, context)
        held.message_keys.keep(fingerprint, counter)
        return plain, bits, KeyUse.GLOBAL

    def _broadcasting(self) -> Cipher:
        """Made on first use: few associations see broadcasts."""
        if self._broadcast is None:
            held = self._held
            counters = held.broadcast_sent, held.broadcast_received or ReceiveCounter()
            self._broadcast = self._known(Cipher(held.keys, held.title, *counters, broadcast=True))
        return self._broadcast

    def _use_of(self, info: KeyInfo | None) -> KeyUse:
        if info is None or info.parameter == KeyUse.GLOBAL.value:
            return KeyUse.GLOBAL
        if info.parameter != KeyUse.BROADCAST.value or not self.hears_broadcasts:
            raise RemoteProtocolError(Cause.UNSUPPORTED, f"key {info.parameter} of a message is not known")
        return KeyUse.BROADCAST

    def _identified(self, use: KeyUse) -> Cipher:
        """In general-ciphering the key information names the broadcast key, not a bit of the security control."""
        if use is not KeyUse.BROADCAST:
            return self.unicast
        held = self._held
        return self._cipher(held.keys.broadcast, held.broadcast_sent, held.broadcast_received or ReceiveCounter())

    def _cipher(self, key: bytes, sent: SendCounter, received: ReceiveCounter) -> Cipher:
        keys = replace(self._held.keys, encryption=key)
        return self._known(Cipher(keys, self._held.title, sent, received, lasting=False))

    def _known(self, cipher: Cipher) -> Cipher:
        """The cipher, told what this ring knows of the peer and asks of its messages."""
        cipher.required = self._required
        if self._peer_title:
            cipher.peer_title = self._peer_title
        return cipher
