"""Keys, protection bits and invocation counters of one peer."""

from dataclasses import dataclass
from enum import IntFlag

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError

KEY_SIZE = 16
TITLE_SIZE = 8
MAX_COUNTER = 0xFFFFFFFF


class Security(IntFlag):
    """Protection bits of the security control octet."""

    NONE = 0
    AUTHENTICATED = 0x10
    ENCRYPTED = 0x20
    BOTH = 0x30


@dataclass(frozen=True, slots=True)
class KeySet:
    """Global unicast encryption key and authentication key, 16 octets each. Not shown in representations."""

    encryption: bytes
    authentication: bytes

    def __post_init__(self) -> None:
        if (len(self.encryption), len(self.authentication)) != (KEY_SIZE, KEY_SIZE):
            raise LocalProtocolError(Cause.INVALID_VALUE, f"suite 0 keys have {KEY_SIZE} octets")

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
    """The highest counter accepted from one peer; only an authentic APDU moves it."""

    last: int = 0

    def check(self, value: int) -> None:
        """RemoteProtocolError (REPLAY) unless `value` is higher than every one accepted before."""
        if value <= self.last:
            raise RemoteProtocolError(
                Cause.REPLAY, f"invocation counter {value} is not above {self.last}: a replayed or stale message"
            )


def checked_title(title: bytes) -> bytes:
    """`title` if it has the 8 octets of a system title. LocalProtocolError (WRONG_TITLE) otherwise."""
    if len(title) != TITLE_SIZE:
        raise LocalProtocolError(Cause.WRONG_TITLE, f"a system title has {TITLE_SIZE} octets, got {len(title)}")
    return title
