"""HDLC as a framing: an octet stream, serial or TCP, on one side, APDUs on the other (IEC 62056-46).

    octets - Deframer - frames - ClientLink or ServerLink - messages - LLC header - APDUs

Nothing here knows the time: after a silence the caller asks a client's `repeat`, and ends what is idle too long.
"""

from collections.abc import Collection
from typing import Generic, TypeVar

from protocols.errors import garbage
from protocols.hdlc.address import Address
from protocols.hdlc.client_link import ClientLink
from protocols.hdlc.deframer import Deframer, LineCounts
from protocols.hdlc.server_link import ServerLink
from protocols.hdlc.settings import HdlcSettings
from protocols.hdlc.states import Role

_REQUEST, _RESPONSE = b"\xe6\xe6\x00", b"\xe6\xe7\x00"
_TO_ALL = b"\xff"
_BLOCK = b"\xe0"
"""Tag of a general block. Meters of Landis+Gyr (E450, E570) send a push in such blocks, an HDLC message each, and put
the LLC header before the first alone.
"""
DEFAULT_SETTINGS = HdlcSettings()
L = TypeVar("L", ClientLink, ServerLink)


class HdlcFraming(Generic[L]):
    """One end of an HDLC line; see `protocols.framing.Framing`. Made by `client`, `listener` or `server`.

    `counts` tells what happened on the line; `link` holds the state of the connection.
    """

    __slots__ = ("_deframer", "_received", "_sent", "counts", "link")

    def __init__(self, link: L, counts: LineCounts) -> None:
        self.link: L = link
        self.counts = counts
        self._deframer = Deframer(counts)
        is_client = link.role is Role.CLIENT
        self._sent, self._received = (_REQUEST, _RESPONSE) if is_client else (_RESPONSE, _REQUEST)

    @staticmethod
    def client(
        own: int, logical: int = 1, physical: int | None = None, settings: HdlcSettings = DEFAULT_SETTINGS
    ) -> "HdlcFraming[ClientLink]":
        """A client with address `own` (16 public, 1 management) of one logical device.

        LocalProtocolError (INVALID_VALUE) when an address does not fit the octets the settings give it.
        """
        counts = LineCounts()
        server = Address.of_server(logical, physical, settings.server_size)
        return HdlcFraming(ClientLink(Address.of_client(own, settings.client_size), server, settings, counts), counts)

    @staticmethod
    def listener(settings: HdlcSettings = DEFAULT_SETTINGS) -> "HdlcFraming[ClientLink]":
        """A client that only hears pushes, from any device to any client address, and sends nothing."""
        counts = LineCounts()
        return HdlcFraming(ClientLink(Address(0), None, settings, counts), counts)

    @staticmethod
    def server(
        logical: Collection[int] = (1,),
        physical: int | None = None,
        settings: HdlcSettings = DEFAULT_SETTINGS,
        *,
        client: int | None = None,
    ) -> "HdlcFraming[ServerLink]":
        """A device that answers to its logical addresses; `client` is whom it pushes to before it heard anyone."""
        counts = LineCounts()
        return HdlcFraming(ServerLink(logical, physical, settings, counts, client=client), counts)

    @property
    def peer(self) -> int | None:
        """The client's address at a server, the logical device's at a client."""
        return self.link.peer

    @property
    def connections(self) -> int:
        """How often a client has set up or ended the connection of this server; 0 at a client."""
        return self.link.connections

    @property
    def is_open(self) -> bool:
        """Whether UA has set the connection up and nothing has ended it; towards all meters at once always."""
        return self.link.is_open

    def open(self) -> bytes:
        """SNRM; it also begins an open connection anew. LocalProtocolError at a listener."""
        self.link.open()
        return self.link.take()

    def close(self) -> bytes:
        """DISC, b"" where no connection is; UA or DM ends the connection when it comes."""
        self.link.close()
        return self.link.take()

    def frame(self, apdu: bytes) -> bytes:
        """The frames of an APDU that may go now, behind what `outgoing` would have given.

        LocalProtocolError: UNEXPECTED while the connection is not open, TOO_LARGE beyond what may wait.
        """
        self.link.send(self._sent + apdu)
        return self.link.take()

    def receive_data(self, data: bytes) -> None:
        """Take octets from the line. RemoteProtocolError (TOO_LARGE) beyond 131,072 unread."""
        self._deframer.receive(data)

    def next_apdu(self) -> bytes | None:
        """The next APDU, None when more octets are needed; damaged and foreign frames only count.

        RemoteProtocolError: REJECTED_CONNECTION for DM, UNEXPECTED for FRMR, GARBAGE for a wrong LLC header, TOO_LARGE
        for an endless message, NO_ANSWER when the peer answers but never takes what we send.
        """
        link = self.link
        link.settle()
        while (frame := self._deframer.next_frame()) is not None:
            if not link.accept(frame):
                self.counts.ignored += 1
            elif (message := link.receive(frame)) and (apdu := self._stripped(message)):
                return apdu
            else:
                link.settle()
        return None

    def outgoing(self) -> bytes:
        """Answers to set-up and polls, acknowledgements, further segments."""
        return self.link.take()

    def give_turn(self) -> bytes:
        """A client's RR when it has the turn in an open connection and nothing to say."""
        self.link.give_turn()
        return self.link.take()

    def repeat(self) -> bytes:
        """After a silence: a poll or the lost frames; a server repeats only when asked. See `ClientLink.repeat`."""
        self._deframer.abandon()
        self.link.repeat()
        return self.link.take()

    def _stripped(self, message: bytes) -> bytes:
        header = message[:3]
        if header[:1] == _BLOCK:
            return message
        if header != self._received and header != _TO_ALL + self._received[1:]:
            raise garbage(f"an HDLC message begins with {header.hex()}, the LLC header is {self._received.hex()}")
        return message[3:]
