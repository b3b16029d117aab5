"""What both ends of an HDLC connection share: states, numbered transfer, unnumbered information.

HDLC in normal response mode knows one right to send. It passes to the server with P=1 of a client's frame and back with
F=1 of a server's; whoever has it sends a burst of at most a window and sets the bit in its last frame. A frame with
the bit set is also a checkpoint: what its N(R) does not acknowledge was lost and goes out again. That is the only
recovery the standard has, so no REJ is sent; one that comes takes everything back in the same way.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from protocols.hdlc.address import Address
from protocols.hdlc.control import Control, Kind, control
from protocols.hdlc.deframer import LineCounts
from protocols.hdlc.frame import Frame
from protocols.hdlc.settings import DEFAULT_LIMITS, HdlcSettings, LinkLimits, decode_limits
from protocols.hdlc.states import TRANSITIONS, LinkState, Role
from protocols.hdlc.window import Arrival, Assembly, ReceiveWindow, SendWindow

_LLC_SIZE = 3


class Link(ABC):
    """Base of `ClientLink` and `ServerLink`: frames in, messages out, and the other way round.

    A message is an APDU with its LLC header. Octets to send collect until `take`.
    """

    role: ClassVar[Role]

    def __init__(self, settings: HdlcSettings, counts: LineCounts) -> None:
        self.settings = settings
        self.counts = counts
        self.state = LinkState.CLOSED
        self.connections = 0
        self._may_send = TRANSITIONS[self.role]
        self._may_receive = TRANSITIONS[self.role.peer]
        self._line = bytearray()
        self._has_turn = False
        self._unnumbered = Assembly(settings.max_message)
        self._apply(DEFAULT_LIMITS)

    @property
    def is_open(self) -> bool:
        """Whether messages may be sent."""
        return self.state is LinkState.OPEN

    @property
    @abstractmethod
    def peer(self) -> int | None:
        """The other side's address as the layer above counts it."""

    @abstractmethod
    def accept(self, frame: Frame) -> bool:
        """Whether a frame is from our peer for us; learns who that is where it was not known."""

    @abstractmethod
    def send(self, message: bytes) -> None:
        """Queue a message, and send of it what may go now."""

    def receive(self, frame: Frame) -> bytes | None:
        """Act on a frame; the message that it completed. RemoteProtocolError when the connection ended by it."""
        kind = frame.control.kind
        following = self._may_receive[self.state].get(kind)
        if following is None:
            self._unexpected(frame)
            return None
        limits = decode_limits(frame.information) if kind in (Kind.SNRM, Kind.UA) else DEFAULT_LIMITS
        before, self.state = self.state, following
        if kind is Kind.UI or (before is LinkState.CLOSED and kind is Kind.I):
            return self._unnumbered_information(frame)
        if following is LinkState.OPEN and kind is not Kind.UA:
            return self._numbered(frame)
        self._unnumbered_command(frame, before, limits)
        return None

    @abstractmethod
    def open(self) -> None:
        """Begin to set the connection up."""

    @abstractmethod
    def close(self) -> None:
        """Begin to end the connection."""

    @abstractmethod
    def repeat(self) -> None:
        """Do what can be done after a silence."""

    @abstractmethod
    def give_turn(self) -> None:
        """Let the peer go on, where it waits for that."""

    @abstractmethod
    def settle(self) -> None:
        """The layer above asks for the next message: it has answered what it wanted to answer."""

    def take(self) -> bytes:
        """The octets to put on the line now."""
        if not self._line:
            return b""
        octets = bytes(self._line)
        self._line.clear()
        return octets

    @abstractmethod
    def _unexpected(self, frame: Frame) -> None: ...

    @abstractmethod
    def _unnumbered_command(self, frame: Frame, before: LinkState, limits: LinkLimits) -> None:
        """Act on a frame that set up or ended the connection; `before` is the state it met, `limits` the peer's."""

    @abstractmethod
    def _impossible_acknowledgement(self, frame: Frame) -> None: ...

    @abstractmethod
    def _take_turn(self, frame: Frame, arrival: Arrival | None) -> None:
        """Use the right to send that `frame` gave; `arrival` says what its information was, None if it has none."""

    @abstractmethod
    def _addresses(self) -> tuple[Address, Address]:
        """Where our frames go and where they come from."""

    def _apply(self, limits: LinkLimits) -> None:
        """Begin a connection anew under these limits."""
        settings = self.settings
        self._info_send = limits.info_send
        self._sending = SendWindow(limits.info_send, limits.window_send, settings.max_message)
        self._receiving = ReceiveWindow(limits.window_receive, settings.max_message)
        self._has_turn = False

    def _numbered(self, frame: Frame) -> bytes | None:
        kind, poll, number, acknowledged = frame.control[1:]
        count = self._sending.acknowledge(acknowledged)
        if count is None:
            self._impossible_acknowledgement(frame)
            return None
        message, arrival = None, None
        if kind is Kind.I:
            arrival = self._receiving.judge(number)
            if arrival is Arrival.EXPECTED:
                message = self._receiving.add(frame.information, frame.segmented)
            else:
                self.counts.ignored += 1
        if count or arrival is Arrival.EXPECTED:
            self._progress()
        if poll:
            self._take_turn(frame, arrival)
        elif kind is Kind.REJ:
            self._rewind()
        return message

    @abstractmethod
    def _progress(self) -> None:
        """Something new went over the line."""

    def _unnumbered_information(self, frame: Frame) -> bytes | None:
        """UI frames may be segmented too (Iskraemeco AM550 does); a lost last segment ends at the next LLC header."""
        if frame.information[:1] in (b"\xe6", b"\xff") and frame.information[1:_LLC_SIZE] in (b"\xe6\x00", b"\xe7\x00"):
            self._unnumbered.clear()
        return self._unnumbered.add(frame.information, frame.segmented)

    def _transmit(self) -> None:
        """Send a burst and pass the right to send with its last frame."""
        burst = self._sending.burst()
        for segment in burst:
            poll = segment is burst[-1]
            self._has_turn = self._has_turn and not poll
            expected = self._receiving.expected
            octet = control(Kind.I, poll=poll, send_number=segment.number, receive_number=expected)
            self._emit(octet, segment.octets, segmented=segment.more)

    def _ready(self) -> None:
        """Say RR with the number expected next, and pass the right to send."""
        self._has_turn = False
        self._emit(control(Kind.RR, poll=True, receive_number=self._receiving.expected))

    def _rewind(self) -> None:
        self.counts.repeated += self._sending.in_flight
        self._sending.rewind()

    def _emit(self, field: Control, information: bytes = b"", *, segmented: bool = False) -> None:
        self.state = self._may_send[self.state][field.kind]
        destination, source = self._addresses()
        self._line += Frame(destination, source, field, information, segmented).encode()
