"""The server's end: it answers, and sends only when a client has given it the turn or there is no connection."""

from collections.abc import Collection

from protocols.errors import Cause, LocalProtocolError
from protocols.hdlc.address import Address
from protocols.hdlc.control import Kind, control
from protocols.hdlc.deframer import LineCounts
from protocols.hdlc.frame import Frame
from protocols.hdlc.link import Link
from protocols.hdlc.rejection import Reason, rejection
from protocols.hdlc.settings import HdlcSettings, LinkLimits
from protocols.hdlc.states import LinkState, Role
from protocols.hdlc.window import Arrival, segments


class ServerLink(Link):
    """Logical devices at one physical address, of which one at a time has a connection with one client.

    `physical` None answers whatever lower address it is called by, as a device alone on its line may.
    """

    role = Role.SERVER

    def __init__(
        self,
        logical: Collection[int],
        physical: int | None,
        settings: HdlcSettings,
        counts: LineCounts,
        *,
        client: int | None = None,
    ) -> None:
        super().__init__(settings, counts)
        self._logical = frozenset(logical)
        self._physical = physical
        self._called = Address.of_server(min(self._logical), physical, settings.server_size)
        self._client = None if client is None else Address.of_client(client, settings.client_size)
        self._heard_by_all = False
        self._refused = b""

    @property
    def peer(self) -> int | None:
        """The client heard last."""
        return None if self._client is None else self._client.number

    @property
    def called(self) -> int | None:
        """The logical device the client called, None when all were."""
        return None if self._heard_by_all else self._called.upper

    def accept(self, frame: Frame) -> bool:
        """A broadcast may only inform; in an open connection others than its client may only open one of their own."""
        kind, to = frame.control.kind, frame.destination
        broadcast = to.is_broadcast
        if (broadcast and kind is not Kind.UI) or not self._is_called(to):
            return False
        if self.state is LinkState.OPEN and kind is not Kind.SNRM and not self._is_partner(frame):
            return False
        self._heard_by_all = broadcast
        self._client = frame.source
        if not broadcast:
            self._called = self._answering(to)
        return True

    def send(self, message: bytes) -> None:
        """See `Link.send`. Without a connection UI frames go out at once, except that a broadcast gets no answer.

        LocalProtocolError (UNEXPECTED) when no client is known.
        """
        if self.state is LinkState.OPEN:
            self._sending.put(message)
            if self._has_turn:
                self._transmit()
        elif not self._heard_by_all:
            for octets, more in segments(message, self._info_send):
                self._emit(control(Kind.UI, poll=False), octets, segmented=more)

    def open(self) -> None:
        """Nothing: connections are set up by clients."""

    def close(self) -> None:
        """Nothing: connections are ended by clients."""

    def repeat(self) -> None:
        """Nothing: a server speaks again only when a client asks."""

    def give_turn(self) -> None:
        """Nothing: clients give turns, and `settle` gives them back."""

    def settle(self) -> None:
        """Give back a turn that the layer above did not use for an answer."""
        if not self._has_turn:
            return
        if self._sending.waiting:
            self._transmit()
        else:
            self._ready()

    def _is_called(self, to: Address) -> bool:
        upper = to.is_broadcast or to.upper in self._logical
        lower = None in (to.lower, self._physical) or to.lower == self._physical
        return upper and (lower or to.is_broadcast or to.calls_any_device)

    def _is_partner(self, frame: Frame) -> bool:
        return frame.source == self._client and frame.destination.upper == self._called.upper

    def _answering(self, to: Address) -> Address:
        """The address we answer from: as we were called, with our own lower part."""
        if self._physical is None or not to.calls_any_device:
            return to
        return Address.of_server(to.upper, self._physical, to.size)

    def _unexpected(self, frame: Frame) -> None:
        kind, poll = frame.control.kind, frame.control.poll
        self.counts.ignored += 1
        if self.state is LinkState.OPEN:
            if kind is Kind.UNKNOWN:
                self._reject(frame, Reason.UNKNOWN_CONTROL)
        elif self.state is LinkState.CLOSED and poll:
            self._emit(control(Kind.DM, poll=True))
        elif self.state is LinkState.REJECTED and poll:
            self._emit(control(Kind.FRMR, poll=True), self._refused)

    def _unnumbered_command(self, frame: Frame, before: LinkState, limits: LinkLimits) -> None:
        poll = frame.control.poll
        if frame.control.kind is Kind.SNRM:
            self._connect(limits, poll)
        else:
            self._apply(self.settings.limits)
            self.connections += before is LinkState.OPEN
            self._emit(control(Kind.DM if before is LinkState.CLOSED else Kind.UA, poll=poll))

    def _connect(self, proposed: LinkLimits, poll: bool) -> None:
        """Answer SNRM with UA and begin anew, also where a connection was open."""
        limits = self.settings.limits.agreed(proposed)
        self._apply(limits)
        self.connections += 1
        self._emit(control(Kind.UA, poll=poll), limits.encode())

    def _unnumbered_information(self, frame: Frame) -> bytes | None:
        self._has_turn = self._has_turn or (frame.control.poll and self.state is LinkState.OPEN)
        return super()._unnumbered_information(frame)

    def _progress(self) -> None:
        """Nothing: the server's repetitions are bounded by the client's questions."""

    def _impossible_acknowledgement(self, frame: Frame) -> None:
        self._reject(frame, Reason.IMPOSSIBLE_NUMBER)

    def _reject(self, frame: Frame, reason: Reason) -> None:
        self._has_turn = False
        self._refused = rejection(frame.control, self._sending.next_number, self._receiving.expected, reason)
        self._emit(control(Kind.FRMR, poll=frame.control.poll), self._refused)

    def _take_turn(self, frame: Frame, arrival: Arrival | None) -> None:
        """Send again what was lost; a whole message keeps the turn until it is answered or `settle` gives it back."""
        self._has_turn = True
        self._rewind()
        if frame.control.kind is Kind.RNR:
            self._ready()
        elif arrival is not Arrival.EXPECTED or frame.segmented:
            self.settle()

    def _addresses(self) -> tuple[Address, Address]:
        if self._client is None:
            raise LocalProtocolError(Cause.UNEXPECTED, "no client was heard yet, so its HDLC address is unknown")
        return self._client, self._called
