"""Keys, protection bits and invocation counters of one peer."""

from collections import OrderedDict
from dataclasses import dataclass, field
from enum import IntFlag

from protocols.dlms.suites import Suite
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError

TITLE_SIZE = 8
MAX_COUNTER = 0xFFFFFFFF
MAX_MESSAGE_KEYS = 1024


class Security(IntFlag):
    """What protects a message: the bits of the security control octet, and a signature, which has no bit there."""

    NONE = 0
    AUTHENTICATED = 0x10
    ENCRYPTED = 0x20
    BOTH = 0x30
    SIGNED = 0x100


@dataclass(frozen=True, slots=True)
class KeySet:
    """Global unicast encryption key and authentication key, 16 octets each (32 in suite 2). Not shown.

    `broadcast` is the encryption key of messages to many meters, `master` the key that wraps other keys (KEK).
    """

    encryption: bytes
    authentication: bytes
    suite: Suite = Suite.AES_128
    broadcast: bytes = b""
    master: bytes = b""

    def __post_init__(self) -> None:
        size = self.suite.key_size
        given = [self.encryption, self.authentication, *filter(None, (self.broadcast, self.master))]
        if any(len(key) != size for key in given):
            raise LocalProtocolError(Cause.INVALID_VALUE, f"suite {self.suite:d} keys have {size} octets")

    def __repr__(self) -> str:
        return "KeySet(…)"


@dataclass(slots=True)
class SendCounter:
    """The invocation counter of one sender and key: every value is used once, so share one object per key.

    `limit` bounds what may be used, for a caller that has reserved (persisted) only a part of the range.
    """

    next_value: int = 1
    limit: int = MAX_COUNTER

    def take(self) -> int:
        """The next unused value. LocalProtocolError: COUNTER_EXHAUSTED where the four octets of a counter end,
        RESERVATION_USED_UP beyond `limit`.
        """
        value = self.next_value
        if value > MAX_COUNTER:
            raise LocalProtocolError(Cause.COUNTER_EXHAUSTED, f"the invocation counter has reached {MAX_COUNTER}")
        if value > self.limit:
            raise LocalProtocolError(Cause.RESERVATION_USED_UP, f"invocation counters are reserved up to {self.limit}")
        self.next_value = value + 1
        return value


@dataclass(slots=True)
class ReceiveCounter:
    """The highest counter accepted from one peer under one key, -1 before the first; only an authentic APDU moves it.

    Counters of a key that is older than the association start above 0, those of a new key may start at 0.
    """

    last: int = 0

    def check(self, value: int) -> None:
        """RemoteProtocolError (REPLAY) unless `value` is higher than every one accepted before."""
        if value <= self.last:
            raise RemoteProtocolError(
                Cause.REPLAY, f"invocation counter {value} is not above {self.last}: a replayed or stale message"
            )


@dataclass(slots=True)
class MessageKeys:
    """Counters of keys that the peer made for single messages (wrapped or agreed in a general-ciphering APDU).

    Each such key has a counter of its own, usually 0, so a copied message can only be told by remembering its key.
    The last `MAX_MESSAGE_KEYS` are; share one object among all sessions with the peer.
    """

    _known: OrderedDict[bytes, ReceiveCounter] = field(default_factory=OrderedDict, repr=False)

    def counter(self, fingerprint: bytes) -> ReceiveCounter:
        """The counter of the key with this fingerprint; one that is not known yet accepts everything."""
        return self._known.get(fingerprint, ReceiveCounter(-1))

    def keep(self, fingerprint: bytes, counter: ReceiveCounter) -> None:
        """Remember the counter of a key that opened an authentic message."""
        self._known[fingerprint] = counter
        self._known.move_to_end(fingerprint)
        if len(self._known) > MAX_MESSAGE_KEYS:
            self._known.popitem(last=False)


def checked_title(title: bytes) -> bytes:
    """`title` if it has the 8 octets of a system title. LocalProtocolError (WRONG_TITLE) otherwise."""
    if len(title) != TITLE_SIZE:
        raise LocalProtocolError(Cause.WRONG_TITLE, f"a system title has {TITLE_SIZE} octets, got {len(title)}")
    return title
