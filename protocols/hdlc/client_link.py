"""The client's end: it sets the connection up, gives the server its turns and repeats what got no answer."""

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.hdlc.address import Address
from protocols.hdlc.control import Kind, control
from protocols.hdlc.deframer import LineCounts
from protocols.hdlc.frame import Frame
from protocols.hdlc.link import Link
from protocols.hdlc.rejection import words
from protocols.hdlc.settings import DEFAULT_LIMITS, HdlcSettings, LinkLimits
from protocols.hdlc.states import LinkState, Role
from protocols.hdlc.window import Arrival, segments


class ClientLink(Link):
    """A client with address `own` and the server it speaks to; without a server it hears the pushes of all."""

    role = Role.CLIENT

    def __init__(self, own: Address, server: Address | None, settings: HdlcSettings, counts: LineCounts) -> None:
        super().__init__(settings, counts)
        self._own = own
        self._server = server or own
        self._listens = server is None
        self._heard = server
        self._tries = 0

    @property
    def peer(self) -> int | None:
        """The logical device; of a listener the one heard last."""
        return None if self._heard is None else self._heard.upper

    @property
    def is_broadcast(self) -> bool:
        """Whether the server's address is that of all: then there is no connection, only UI frames nobody answers."""
        return self._server.is_broadcast

    @property
    def is_open(self) -> bool:
        """See `Link.is_open`; messages to all may be sent at any time."""
        return self.is_broadcast or super().is_open

    def open(self) -> None:
        """Send SNRM, with the limits where they are not the defaults."""
        if self._listens:
            raise LocalProtocolError(Cause.UNEXPECTED, "a listener has no HDLC connection to set up")
        self._tries = 0
        if not self.is_broadcast:
            self._propose()

    def close(self) -> None:
        """Send DISC unless there is no connection."""
        if self.state is not LinkState.CLOSED:
            self._tries = 0
            self._emit(control(Kind.DISC, poll=True))

    def send(self, message: bytes) -> None:
        """See `Link.send`. LocalProtocolError (UNEXPECTED) when the connection is not open."""
        if self.is_broadcast:
            for octets, more in segments(message, self._info_send):
                self._emit(control(Kind.UI, poll=False), octets, segmented=more)
            return
        if Kind.I not in self._may_send[self.state]:
            raise LocalProtocolError(Cause.UNEXPECTED, f"the HDLC connection is {self.state.name}, not open")
        self._sending.put(message)
        if self._has_turn:
            self._transmit()

    def accept(self, frame: Frame) -> bool:
        """A listener takes every server's pushes, whatever client they are addressed to."""
        server, source = self._server, frame.source
        if self._listens:
            self._heard = source
            return True
        if frame.destination.number != self._own.number or source.upper != server.upper:
            return False
        return source.lower == server.lower or None in (source.lower, server.lower) or server.calls_any_device

    def give_turn(self) -> None:
        """Ask by RR for what follows a message, such as the next of several blocks that need no answer each."""
        if self._has_turn and self.state is LinkState.OPEN:
            self._ready()

    def settle(self) -> None:
        """Nothing: the turn stays with the client until it has something to say."""

    def repeat(self) -> None:
        """After a silence: first ask by RR how far the server got, then send again what it has not acknowledged.

        The standard's way is the question; servers that keep silent about it answer the second. RemoteProtocolError
        (NO_ANSWER) after as many tries as the settings allow without any progress.
        """
        if self.state is LinkState.CLOSED:
            return
        self._spend_try()
        if self.state is LinkState.OPENING:
            self._propose()
        elif self.state is not LinkState.OPEN:
            self._emit(control(Kind.DISC, poll=True))
        elif self._sending.in_flight and self._tries % 2 == 0:
            self._rewind()
            self._transmit()
        else:
            self._ready()

    def _propose(self) -> None:
        limits = self.settings.limits
        self._emit(control(Kind.SNRM, poll=True), b"" if limits == DEFAULT_LIMITS else limits.encode())

    def _unexpected(self, frame: Frame) -> None:
        self.counts.ignored += 1

    def _unnumbered_command(self, frame: Frame, before: LinkState, limits: LinkLimits) -> None:
        kind = frame.control.kind
        if kind is Kind.FRMR:
            raise RemoteProtocolError(Cause.UNEXPECTED, f"the meter rejected an HDLC frame: {words(frame.information)}")
        if kind is Kind.DM and before in (LinkState.OPENING, LinkState.OPEN, LinkState.REJECTED):
            verb = "refused" if before is LinkState.OPENING else "has given up"
            raise RemoteProtocolError(Cause.REJECTED_CONNECTION, f"the meter {verb} the HDLC connection (DM)")
        if self.state is LinkState.OPEN:
            self._apply(self.settings.limits.agreed(limits))
            self._tries = 0
            self._has_turn = True

    def _impossible_acknowledgement(self, frame: Frame) -> None:
        """A delayed copy of an old frame; if it is not, the silence after it is counted."""
        self.counts.ignored += 1

    def _progress(self) -> None:
        self._tries = 0

    def _take_turn(self, frame: Frame, arrival: Arrival | None) -> None:
        """A repeated I frame gives no turn: it is a copy the line made, and its original has given it already.

        RNR gives none either: the server is busy, and `repeat` asks it again.
        """
        if arrival is Arrival.REPEATED or frame.control.kind is Kind.RNR:
            return
        self._has_turn = True
        if self._sending.in_flight:
            self._spend_try()
            self._rewind()
        if self._sending.waiting:
            self._transmit()
        elif arrival is Arrival.AFTER_GAP:
            self._spend_try()
            self._ready()
        elif self._receiving.assembly.incomplete:
            self._ready()

    def _spend_try(self) -> None:
        if self._tries >= self.settings.retries:
            raise RemoteProtocolError(
                Cause.NO_ANSWER, f"no progress on the HDLC connection after {self._tries} repetitions"
            )
        self._tries += 1

    def _addresses(self) -> tuple[Address, Address]:
        return self._server, self._own
