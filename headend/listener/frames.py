"""From octets of a caller to APDUs: the wrapper, HDLC and M-Bus frames, told apart by how the first one begins.

A listener knows neither the addresses of its callers nor the client address they push to, so it takes those of the
first frame and holds the caller to them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from headend.listener.behind import Behind, is_block
from protocols.dlms.general_block_framing import GeneralBlockFraming
from protocols.errors import Cause, RemoteProtocolError, garbage
from protocols.framing import Framing
from protocols.gateway import Prefix, decode_prefix
from protocols.gateway.prefix import FROM_DEVICE, TO_DEVICE
from protocols.hdlc import HdlcFraming, HdlcSettings
from protocols.hdlc.frame import FLAG
from protocols.mbus import MbusFraming
from protocols.mbus.frame import START
from protocols.wrapper import WrapperFraming

HEAD = 9
"""After so many octets every kind of frame has told whom it is for."""
_WRAPPER = b"\0\x01"
_AT_ONCE = 65_536
"""Octets given to a framing before its frames are taken: it holds few, and a line may bring a quarter of a million
octets in one read.
"""


@dataclass(frozen=True, slots=True)
class Pushed:
    """An APDU and the device behind a concentrator that it is from, if any."""

    apdu: bytes
    device: Prefix | None


class Frames:
    """The frames of one caller. `largest` bounds the octets of one message, also of one that comes in blocks."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._head = b""
        self._framing: Framing | None = None
        self._behind = Behind(largest)
        self._two_way = False

    @property
    def begun(self) -> bool:
        """Whether anything has come that was some kind of frame."""
        return self._framing is not None

    def receive(self, data: bytes) -> Iterator[Pushed]:
        """The APDUs that `data` completes.

        RemoteProtocolError where the caller speaks no protocol of ours, loses its place or sends too much: hang up.
        """
        if self._framing is None:
            data = self._head = self._head + data
            if len(data) < HEAD:
                return
            inner = framing_of(data, self._largest)
            self._framing = GeneralBlockFraming(inner, active=True, max_transfer=self._largest)
            self._head, self._two_way = b"", isinstance(inner, WrapperFraming)
        for start in range(0, len(data), _AT_ONCE):
            self._framing.receive_data(data[start : start + _AT_ONCE])
            yield from self._complete(self._framing)

    def _complete(self, framing: Framing) -> Iterator[Pushed]:
        while (apdu := framing.next_apdu()) is not None:
            pushed = parted(apdu, self._largest)
            if pushed.device is None or not is_block(pushed.apdu):
                yield pushed
            elif whole := self._behind.take(pushed.device, pushed.apdu):
                yield Pushed(whole, pushed.device)

    def answer(self, apdu: bytes, device: Prefix | None) -> bytes:
        """The octets of an answer; b"" where the way is for one direction only: HDLC and M-Bus without a connection."""
        if not self.can_answer:
            return b""
        assert self._framing is not None
        return self._framing.frame((device.encode(TO_DEVICE) if device else b"") + apdu)

    def outgoing(self) -> bytes:
        """What the layers themselves have to say: confirmations of blocks."""
        if self._framing is None or not self.can_answer:
            return b""
        return self._framing.outgoing() + b"".join([self._framing.frame(apdu) for apdu in self._behind.outgoing()])

    @property
    def can_answer(self) -> bool:
        """Whether the caller can be answered at all."""
        return self._two_way


def parted(apdu: bytes, largest: int) -> Pushed:
    """An APDU without the prefix of the meter behind a concentrator. RemoteProtocolError (TOO_LARGE, GARBAGE)."""
    if len(apdu) > largest:
        raise RemoteProtocolError(Cause.TOO_LARGE, f"a push of {len(apdu)} octets, {largest} are taken")
    if apdu[0] != FROM_DEVICE:
        return Pushed(apdu, None)
    device, content = decode_prefix(apdu)
    return Pushed(content, device)


def framing_of(head: bytes, largest: int) -> Framing:
    """The framing whose frames begin like `head` (`HEAD` octets or more). RemoteProtocolError (GARBAGE) for none."""
    if head[0] == FLAG:
        return HdlcFraming.listener(HdlcSettings(max_message=largest))
    if head[0] == START and head[3] == START:
        return MbusFraming(own=head[8])
    if head.startswith(_WRAPPER):
        return WrapperFraming(own=int.from_bytes(head[4:6], "big"))
    raise garbage(f"no frame begins with {head[:4].hex()}")
