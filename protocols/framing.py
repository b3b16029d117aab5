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
    def connections(self) -> int:
        """How often a client has set up or ended the connection of this server; no association survives that."""
        ...

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


class Standing:
    """The part of `Framing` that is the same in every layer that needs no set-up and says nothing of its own."""

    __slots__ = ()

    @property
    def connections(self) -> int:
        """None is ever set up."""
        return 0

    @property
    def is_open(self) -> bool:
        """Always."""
        return True

    def open(self) -> bytes:
        """Nothing is to be set up."""
        return b""

    def close(self) -> bytes:
        """Nothing is to be ended."""
        return b""

    def outgoing(self) -> bytes:
        """Nothing is said that nobody asked for."""
        return b""

    def give_turn(self) -> bytes:
        """Nobody waits for a turn."""
        return b""

    def repeat(self) -> bytes:
        """Nothing is repeated."""
        return b""


class Above:
    """The part of `Framing` that a layer leaves to the one below it."""

    def __init__(self, inner: Framing) -> None:
        self._inner = inner

    @property
    def peer(self) -> int | None:
        """See `Framing.peer`."""
        return self._inner.peer

    @property
    def connections(self) -> int:
        """See `Framing.connections`."""
        return self._inner.connections

    @property
    def is_open(self) -> bool:
        """See `Framing.is_open`."""
        return self._inner.is_open

    def open(self) -> bytes:
        """See `Framing.open`."""
        return self._inner.open()

    def close(self) -> bytes:
        """See `Framing.close`."""
        return self._inner.close()

    def receive_data(self, data: bytes) -> None:
        """See `Framing.receive_data`."""
        self._inner.receive_data(data)

    def outgoing(self) -> bytes:
        """See `Framing.outgoing`."""
        return self._inner.outgoing()

    def give_turn(self) -> bytes:
        """See `Framing.give_turn`."""
        return self._inner.give_turn()

    def repeat(self) -> bytes:
        """See `Framing.repeat`."""
        return self._inner.repeat()
