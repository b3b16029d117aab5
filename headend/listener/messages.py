"""What passes through the listener: an arrival, what is in it when it is opened, and what becomes of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from headend.knowledge import Knowledge
from headend.listener.manners import Manner
from headend.models import JobItem
from headend.plan import Readings
from protocols.dlms.keys import Security
from protocols.dlms.services.notification import DataNotificationConfirm
from protocols.gateway import Prefix

Answer = Callable[[bytes], None]
"""Puts an APDU on the line to the caller; called in the listener's loop, after the commit."""


def _nowhere(apdu: bytes) -> None:
    """The way of those that cannot be answered: datagrams of HDLC, files, tests of what is stored."""


def _unasked(settled: bool) -> None:
    """For those who need not know what became of a message."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """One APDU as it came: `host` is the address it came from, `device` the meter behind a concentrator, if any.

    `settled` is called in the listener's loop: with True after the commit, whether the message is stored or counted as
    refused, with False where it was given up and must come again. `again`: whoever passed it on says that it may have
    come before.
    """

    apdu: bytes
    host: str
    device: Prefix | None
    at: datetime
    answer: Answer = _nowhere
    settled: Callable[[bool], None] = _unasked
    again: bool = False

    @property
    def address(self) -> str:
        """Where it came from, for people."""
        return f"{self.gateway_address} through {self.host}" if self.device else self.host

    @property
    def gateway_address(self) -> str:
        """The address behind a concentrator in hexadecimal digits, empty where there is none."""
        return self.device.address.hex().upper() if self.device else ""


@dataclass(frozen=True, slots=True, eq=False)
class Sender:
    """A known device with its keys: `versions` of the active keys by kind, `keys` in the clear.

    `item` is what its pushes are stored under, on no list of jobs; `manner` is shared by all that push alike.
    `new_versions` are those of NEW keys; `proven` names the kinds that were NEW and opened the message.
    """

    known: Knowledge
    title: bytes
    versions: Mapping[str, int]
    item: JobItem
    manner: Manner
    new_versions: Mapping[str, int] = field(default_factory=dict)
    proven: tuple[str, ...] = ()

    @property
    def keys(self) -> Mapping[str, bytes]:
        """Clear keys by kind. Never log or show them."""
        return self.known.keys


@dataclass(frozen=True, slots=True)
class Counted:
    """The invocation counter of an authentic message, the key it counts under, and a digest of its octets."""

    title: str
    key: str
    value: int
    digest: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """An opened message of a known device. `counted` is None where nothing is ciphered, `security` what it had."""

    arrival: Arrival
    sender: Sender
    apdu: bytes
    counted: Counted | None
    security: Security


@dataclass(frozen=True, slots=True, eq=False)
class Refused:
    """A message of a known device that is not taken, and why: a code of `headend.causes` and plain words."""

    arrival: Arrival
    device_id: int
    cause: str
    detail: str


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """A message of somebody nobody knows, with what it says: title, serial number, logical device name."""

    arrival: Arrival
    title: bytes
    serial_number: str = ""
    logical_name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A message that is understood: what it brought, what could not be understood, and the answer it wants, if any."""

    message: Message
    readings: Readings
    left: Sequence[str]
    confirm: DataNotificationConfirm | None

    @property
    def sender(self) -> Sender:
        """Who sent it."""
        return self.message.sender

    @property
    def counted(self) -> Counted | None:
        """See `Message.counted`."""
        return self.message.counted


Sorted = Read | Refused | Unknown
