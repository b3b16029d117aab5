"""What can go wrong in a protocol, told apart by whose fault it is and by a cause a program can act on."""

from enum import Enum


class Cause(Enum):
    """Machine-readable reason of a `ProtocolError`; the value is what job items store."""

    GARBAGE = "garbage"
    CONNECTION_CUT = "connection_cut"
    TOO_LARGE = "too_large"
    UNEXPECTED = "unexpected"
    UNSUPPORTED = "unsupported"
    NO_ANSWER = "no_answer"
    REJECTED_CONNECTION = "rejected_connection"
    REJECTED_ASSOCIATION = "rejected_association"
    AUTHENTICATION_FAILED = "authentication_failed"
    UNPROTECTED = "unprotected"
    WRONG_KEY = "wrong_key"
    WRONG_AUTHENTICATION_KEY = "wrong_authentication_key"
    ALTERED = "altered"
    WRONG_COUNTER = "wrong_counter"
    WRONG_TITLE = "wrong_title"
    REPLAY = "replay"
    COUNTER_EXHAUSTED = "counter_exhausted"
    RESERVATION_USED_UP = "reservation_used_up"
    BLOCK_LOST = "block_lost"
    ACCESS_DENIED = "access_denied"
    OBJECT_UNDEFINED = "object_undefined"
    REFUSED = "refused"
    CLOCK_UNSPECIFIED = "clock_unspecified"
    INVALID_VALUE = "invalid_value"


class ProtocolError(Exception):
    """Base of every error this package raises. `cause` is for programs, the message for people."""

    def __init__(self, cause: Cause, message: str) -> None:
        super().__init__(message)
        self.cause = cause


class LocalProtocolError(ProtocolError):
    """We asked for something impossible: our bug, our settings or our request."""


class RemoteProtocolError(ProtocolError):
    """The peer, or the line between us, broke the protocol or refused."""


def garbage(message: str) -> RemoteProtocolError:
    """The error for bytes that are not what the standard prescribes."""
    return RemoteProtocolError(Cause.GARBAGE, message)
