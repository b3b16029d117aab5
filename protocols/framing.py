"""What a connection needs from the layer that carries its APDUs (TCP/UDP wrapper, later HDLC)."""

from typing import Protocol


class Framing(Protocol):
    """Cuts a byte stream into APDUs and wraps APDUs for the stream.

    `peer` is the address of the other side: a client knows it beforehand, a server learns it from the frame
    that `next_apdu` returned last.
    """

    @property
    def peer(self) -> int | None: ...

    def frame(self, apdu: bytes) -> bytes:
        """The bytes to put on the line for one APDU. LocalProtocolError if it does not fit."""
        ...

    def receive_data(self, data: bytes) -> None:
        """Take bytes from the line. RemoteProtocolError (TOO_LARGE) if the peer floods the buffer."""
        ...

    def next_apdu(self) -> bytes | None:
        """The next whole APDU, never empty, or None when more bytes are needed.

        RemoteProtocolError (GARBAGE) when the stream has lost its place.
        """
        ...
