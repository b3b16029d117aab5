"""What every type of attributes and parameters is: a way from A-XDR data to a Python value and back.

Tolerant in what is received, exact in what is sent. A shape that cannot be meant is RemoteProtocolError (GARBAGE) when
it was received and LocalProtocolError (INVALID_VALUE) when it was to be sent.
"""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from protocols.dlms.data import Encoded, Value
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage

T = TypeVar("T")
_SHOWN = 60


class Spec(ABC, Generic[T]):
    """One type: Python values of type T on our side, one kind of A-XDR data on the wire."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The type as the Blue Book calls it, for people."""

    @abstractmethod
    def decode(self, value: Value) -> T:
        """The typed value. RemoteProtocolError (GARBAGE) when `value` has another shape."""

    @abstractmethod
    def encode(self, value: T) -> Encoded:
        """The octets. LocalProtocolError (INVALID_VALUE) when `value` is of another type or out of range."""

    def received(self, value: object) -> RemoteProtocolError:
        """The error for a wrong value that came in."""
        return garbage(f"{self.name} expected, found {_shown(value)}")

    def refused(self, value: object) -> LocalProtocolError:
        """The error for a wrong value that was to go out."""
        return LocalProtocolError(Cause.INVALID_VALUE, f"{self.name} expected, got {_shown(value)}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def is_number(value: object) -> bool:
    """Whether it is an integer and not a boolean, which Python counts among them."""
    return isinstance(value, int) and not isinstance(value, bool)
