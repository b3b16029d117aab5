"""What two sides must know before they talk."""

from dataclasses import dataclass, field

from protocols.dlms.conformance import SUPPORTED, Conformance
from protocols.dlms.security import KeySet, ReceiveCounter, Security, SendCounter, checked_title
from protocols.dlms.tags import Mechanism
from protocols.errors import Cause, LocalProtocolError

_MECHANISMS = frozenset((Mechanism.NONE, Mechanism.LLS, Mechanism.HLS_GMAC))
MAX_TRANSFER = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """How a client associates with one meter.

    With `keys` the application context is ciphered and `security` protects every service. `counter` is the next unused
    invocation counter of these keys (persist `counter.next_value` before the bytes of `send` leave). `expected_title`,
    when known, is compared with the meter's and opens ciphered notifications outside an association. `server_counter`
    refuses replays, `max_reply` bounds one block transfer.
    """

    mechanism: Mechanism = Mechanism.NONE
    password: bytes = field(default=b"", repr=False)
    keys: KeySet | None = None
    security: Security = Security.BOTH
    title: bytes = b""
    expected_title: bytes | None = None
    counter: SendCounter = field(default_factory=SendCounter)
    server_counter: ReceiveCounter = field(default_factory=ReceiveCounter)
    conformance: Conformance = SUPPORTED
    max_pdu: int = 0xFFFF
    max_reply: int = MAX_TRANSFER
    challenge_size: int = 16
    general_ciphering: bool = False

    def __post_init__(self) -> None:
        check_mechanism(self.mechanism, self.keys)
        if self.keys:
            checked_title(self.title)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How a server lets one client associate.

    `security` is the least protection every request must have; `max_pdu` bounds what it accepts and what it sends.
    """

    mechanism: Mechanism = Mechanism.NONE
    password: bytes = field(default=b"", repr=False)
    keys: KeySet | None = None
    security: Security = Security.NONE
    title: bytes = b""
    counter: SendCounter = field(default_factory=SendCounter)
    client_counter: ReceiveCounter = field(default_factory=ReceiveCounter)
    conformance: Conformance = SUPPORTED
    max_pdu: int = 1024
    max_request: int = MAX_TRANSFER
    challenge_size: int = 16

    def __post_init__(self) -> None:
        check_mechanism(self.mechanism, self.keys)
        if self.keys:
            checked_title(self.title)


def check_mechanism(mechanism: Mechanism, keys: KeySet | None) -> None:
    """LocalProtocolError for a mechanism this library does not speak or one that lacks its keys."""
    if mechanism not in _MECHANISMS:
        raise LocalProtocolError(Cause.UNSUPPORTED, f"authentication mechanism {mechanism.name} is not supported")
    if mechanism is Mechanism.HLS_GMAC and keys is None:
        raise LocalProtocolError(Cause.INVALID_VALUE, "HLS with GMAC needs keys")
