"""What a connection needs from the layers that carry its APDUs.

A framing may be a stack: HDLC under a gateway prefix, general block transfer over a wrapper. Each layer offers this
same interface to the one above it and uses it of the one below.
"""

from typing import Protocol


class Framing(Protocol):
    """Cuts a byte stream into APDUs and wraps APDUs for the stream.

    `peer` is the address of the other side: a client knows it beforehand, a server learns it from the frame
    that `next_apdu` returned last.

    A layer may have something of its own to say: connection set-up, acknowledgements, further segments of a long APDU.
    `outgoing` hands that out; it is asked for after every `next_apdu` and may be empty.
    """

    @property
    def peer(self) -> int | None: ...

    @property
    def is_open(self) -> bool:
        """Whether APDUs may be sent. A layer without connection set-up is always open."""
        ...

    def open(self) -> bytes:
        """The octets with which a client begins to set the connection up; b"" where nothing is to be set up.

        The connection is up once `is_open`; until then feed `receive_data`, call `next_apdu` (which gives None or
        raises REJECTED_CONNECTION) and put `outgoing` on the line.
        """
        ...

    def close(self) -> bytes:
        """The octets with which a client ends the connection; b"" where nothing is to be ended."""
        ...

    def frame(self, apdu: bytes) -> bytes:
        """The bytes to put on the line now for one APDU; what a window keeps back comes out of `outgoing` later.

        LocalProtocolError if it does not fit.
        """
        ...

    def receive_data(self, data: bytes) -> None:
        """Take bytes from the line. RemoteProtocolError (TOO_LARGE) if the peer floods the buffer."""
        ...

    def next_apdu(self) -> bytes | None:
        """The next whole APDU, never empty, or None when more bytes are needed.

        RemoteProtocolError (GARBAGE) when the stream has lost its place.
        """
        ...

    def outgoing(self) -> bytes:
        """What the layer itself wants to put on the line now: acknowledgements, further segments; often b""."""
        ...

    def give_turn(self) -> bytes:
        """What lets the peer go on where we have nothing to say: half-duplex HDLC waits to be asked; else b""."""
        ...

    def repeat(self) -> bytes:
        """What to send again after a silence of the peer: a poll, a lost frame or block; b"" where a repetition cannot
        help. RemoteProtocolError (NO_ANSWER) when it has been tried often enough.
        """
        ...
