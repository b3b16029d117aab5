"""General block transfer (Green Book 9.4.6.13) as a layer under a connection: APDUs of any length, ciphered or not.

An APDU that exceeds the negotiated size is cut into blocks and sent in windows; `general_block_transfer` decides which
block is said when, this layer puts them on the line and lets ordinary APDUs pass.
"""

from protocols.dlms.general_block import (
    ABORT,
    MAX_NUMBER,
    MAX_WINDOW,
    TAG,
    GeneralBlock,
    block_size,
    decode_general_block,
)
from protocols.dlms.general_block_sides import SendingSide
from protocols.dlms.general_block_transfer import GeneralBlockTransfer
from protocols.errors import Cause, LocalProtocolError
from protocols.framing import Above, Framing

MAX_TRANSFER = 16 * 1024 * 1024
NO_LIMIT = 0xFFFF
RETRIES = 5
_MAX_SAID = 1 << 20
"""Octets of windows that may wait for `outgoing`; one more window may come on top."""


class GeneralBlockFraming(Above):
    """Carries APDUs over `inner`, in blocks where they exceed `max_pdu` octets.

    `active` is the client's side. `window` (1..63) is how many blocks we take before we confirm, `max_transfer` bounds
    one APDU received. Ordinary APDUs pass in both directions, also between blocks.
    """

    def __init__(
        self,
        inner: Framing,
        *,
        active: bool,
        window: int = MAX_WINDOW,
        max_pdu: int = NO_LIMIT,
        max_transfer: int = MAX_TRANSFER,
        retries: int = RETRIES,
    ) -> None:
        super().__init__(inner)
        self.max_pdu = max_pdu
        self._transfer = GeneralBlockTransfer(active=active, window=window, limit=max_transfer, retries=retries)
        self._said = b""

    @property
    def capacity(self) -> int:
        """How many octets an APDU that we send may have."""
        return min(MAX_NUMBER * block_size(self.max_pdu), MAX_TRANSFER)

    def frame(self, apdu: bytes) -> bytes:
        """A whole APDU where it fits, else the first window of its blocks; a client's begins a new exchange.

        What was asked in blocks is answered in blocks, because they confirm. LocalProtocolError (TOO_LARGE) when it
        needs more than 65,535 blocks.
        """
        transfer = self._transfer
        in_blocks, transfer.in_blocks = transfer.in_blocks or len(apdu) > self.max_pdu, False
        if transfer.active:
            transfer.begin(asked=True)
        if not in_blocks:
            return self._take_said() + self._inner.frame(apdu)
        first = transfer.send(apdu, block_size(self.max_pdu))
        return self._take_said() + self._framed(first)

    def one_way(self, apdu: bytes) -> bytes:
        """An APDU nobody confirms, such as a push: all its blocks at once, window 0.

        LocalProtocolError (UNEXPECTED) in the middle of a confirmed transfer, whose block numbers it would disturb.
        """
        if len(apdu) <= self.max_pdu:
            return self._take_said() + self._inner.frame(apdu)
        if self._transfer.begun or self._transfer.unconfirmed:
            raise LocalProtocolError(Cause.UNEXPECTED, "a push in blocks while another transfer is under way")
        side = SendingSide(ended=True)
        side.load(apdu, block_size(self.max_pdu))
        numbers = range(1, side.last + 1)
        return self._take_said() + self._framed([GeneralBlock(n, 0, *side.content(n), n < side.last) for n in numbers])

    def abort(self) -> bytes:
        """Break the transfer off on both sides; the octets that tell the peer."""
        self._transfer.begin()
        return self._take_said() + self._framed([ABORT])

    def next_apdu(self) -> bytes | None:
        """See `Framing.next_apdu`, with the errors of `GeneralBlockTransfer.take`."""
        while (apdu := self._inner.next_apdu()) is not None:
            if apdu[0] == TAG:
                if whole := self._transfer.take(decode_general_block(apdu)):
                    return whole
                self._speak()
                continue
            if not self._transfer.active and not self._transfer.begun:
                self._transfer.begin()
            return apdu
        return None

    def begin_with(self, apdu: bytes, *, asked: bool) -> bytes | None:
        """Take a first block that came before this layer was there, and go on like `next_apdu`.

        `asked`: it belongs to the answer to our last request.
        """
        self._transfer.begin(asked=asked)
        return self._transfer.take(decode_general_block(apdu)) or self.next_apdu()

    def outgoing(self) -> bytes:
        """Confirmations and the next window, then what the layer below wants to say."""
        self._speak()
        said = self._take_said() + self._inner.outgoing()
        return said if said or not self._transfer.answered else self._inner.give_turn()

    def repeat(self) -> bytes:
        """After silence: what the layer below repeats, else our last block or our last confirmation."""
        if below := self._inner.repeat():
            return below
        again = self._transfer.repetition()
        return self._answering([again]) if again else b""

    def _speak(self) -> None:
        """Hand what is due to the layer below: at once, because HDLC gives the turn back when it is asked for more."""
        if len(self._said) <= _MAX_SAID:
            self._said += self._answering(self._transfer.take_due())

    def _take_said(self) -> bytes:
        said, self._said = self._said, b""
        return said

    def _answering(self, blocks: list[GeneralBlock]) -> bytes:
        """What the peer's blocks call for; nothing from one who only hears pushes, though meters may ask for it."""
        return self._framed(blocks) if self._inner.is_open or not self._transfer.active else b""

    def _framed(self, blocks: list[GeneralBlock]) -> bytes:
        return b"".join([self._inner.frame(block.encode()) for block in blocks])
