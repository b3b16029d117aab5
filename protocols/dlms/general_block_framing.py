"""General block transfer (Green Book 9.4.6.13) as a layer under a connection: APDUs of any length, ciphered or not.

An APDU that exceeds the negotiated size is cut into blocks and sent in windows. Streaming blocks follow each other;
the one that is not streaming ends the window and gives the peer its turn: it confirms with the last block before which
none is missing and says how many it can take, only the gap while there is one. Before the peer has said so, the window
is one block. No confirmation follows the last block of an answer: the next request is one.

Who repeats. Only the active side, a client, has a clock; it repeats after silence and never reacts to a duplicate. The
passive side, a server, has none and answers every duplicate. Were both to react, one doubled block would double every
block after it.
"""

from dataclasses import dataclass
from enum import Enum, auto

from protocols.dlms.general_block import (
    ABORT,
    MAX_NUMBER,
    MAX_WINDOW,
    TAG,
    GeneralBlock,
    block_size,
    decode_general_block,
)
from protocols.dlms.general_block_sides import ReceivingSide, SendingSide
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
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

    _asked: bool
    _confirmed: "_Confirmed | None"
    _due: "_Due"
    _in_blocks: bool
    _peer_window: int
    _receiving: ReceivingSide
    _repeated: bool
    _repeats: int
    _sending: SendingSide

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
        if not 1 <= window <= MAX_WINDOW:
            raise LocalProtocolError(
                Cause.INVALID_VALUE, f"a window of {window} blocks; 1 to {MAX_WINDOW} are possible"
            )
        self.max_pdu = max_pdu
        super().__init__(inner)
        self._active = active
        self._window = window
        self._max_transfer = max_transfer
        self._retries = retries
        self._said = b""
        self._begin()

    @property
    def capacity(self) -> int:
        """How many octets an APDU that we send may have."""
        return min(MAX_NUMBER * block_size(self.max_pdu), MAX_TRANSFER)

    def frame(self, apdu: bytes) -> bytes:
        """A whole APDU where it fits, else the first window of its blocks; a client's begins a new exchange.

        What was asked in blocks is answered in blocks, because they confirm. LocalProtocolError (TOO_LARGE) when it
        needs more than 65,535 blocks.
        """
        in_blocks, self._in_blocks = self._in_blocks or len(apdu) > self.max_pdu, False
        if self._active:
            self._begin(asked=True)
        if not in_blocks:
            return self._take_said() + self._inner.frame(apdu)
        self._sending.load(apdu, block_size(self.max_pdu))
        self._due = _Due.NOTHING
        return self._take_said() + self._burst(self._sending.sent + 1)

    def one_way(self, apdu: bytes) -> bytes:
        """An APDU nobody confirms, such as a push: all its blocks at once, window 0.

        LocalProtocolError (UNEXPECTED) in the middle of a confirmed transfer, whose block numbers it would disturb.
        """
        if len(apdu) <= self.max_pdu:
            return self._take_said() + self._inner.frame(apdu)
        if self._receiving.begun or self._unconfirmed:
            raise LocalProtocolError(Cause.UNEXPECTED, "a push in blocks while another transfer is under way")
        side = SendingSide(ended=True)
        side.load(apdu, block_size(self.max_pdu))
        blocks = (GeneralBlock(n, 0, *side.content(n), n < side.last) for n in range(1, side.last + 1))
        return self._take_said() + b"".join([self._inner.frame(block.encode()) for block in blocks])

    def abort(self) -> bytes:
        """Break the transfer off on both sides; the octets that tell the peer."""
        self._begin()
        return self._take_said() + self._inner.frame(ABORT.encode())

    def next_apdu(self) -> bytes | None:
        """See `Framing.next_apdu`. RemoteProtocolError: BLOCK_LOST for a push with a gap, REFUSED when the peer breaks
        a transfer off, TOO_LARGE beyond `max_transfer`.
        """
        while (apdu := self._inner.next_apdu()) is not None:
            if apdu[0] == TAG:
                if whole := self._taken(decode_general_block(apdu)):
                    return whole
                self._speak()
                continue
            if not self._active and not self._receiving.begun:
                self._begin()
            return apdu
        return None

    def begin_with(self, apdu: bytes, *, asked: bool) -> bytes | None:
        """Take a first block that came before this layer was there, and go on like `next_apdu`.

        `asked`: it belongs to the answer to our last request.
        """
        self._begin(asked=asked)
        return self._taken(decode_general_block(apdu)) or self.next_apdu()

    def outgoing(self) -> bytes:
        """Confirmations and the next window, then what the layer below wants to say."""
        self._speak()
        said = self._take_said() + self._inner.outgoing()
        return said if said or not self._answered else self._inner.give_turn()

    def repeat(self) -> bytes:
        """After silence: what the layer below repeats, else our last block or our last confirmation."""
        below = self._inner.repeat()
        confirming = self._receiving.begun and (self._answered or not self._unconfirmed)
        if below or not (confirming or (self._asked and self._sending.has_data)):
            return below
        if self._repeats == self._retries:
            raise RemoteProtocolError(Cause.NO_ANSWER, f"no answer to a block sent {1 + self._retries} times")
        self._repeats += 1
        self._repeated = True
        return self._confirmation() if confirming else self._block(self._sending.sent, streaming=False)

    def _speak(self) -> None:
        """Hand what is due to the layer below: at once, because HDLC gives the turn back when it is asked for more."""
        if self._due is _Due.NOTHING or len(self._said) > _MAX_SAID:
            return
        if self._due is _Due.BLOCKS:
            self._said += self._burst(self._sending.acknowledged + 1)
        elif self._due is _Due.CONFIRMATION:
            self._said += self._confirmation()
        else:
            self._said += self._inner.frame(ABORT.encode())
        self._due = _Due.NOTHING

    def _take_said(self) -> bytes:
        said, self._said = self._said, b""
        return said

    @property
    def _unconfirmed(self) -> bool:
        """Whether data of ours waits for the peer's confirmation."""
        return self._sending.has_data and self._sending.acknowledged < self._sending.last

    @property
    def _answered(self) -> bool:
        """Whether the answer to our request has begun, so that whatever the peer confirms no data of ours is due."""
        return self._active and self._receiving.begun

    def _begin(self, *, asked: bool = False, receiving: bool = False) -> None:
        """Start the numbers of a new exchange: we asked, the peer begins to send data, or neither."""
        self._asked = asked
        self._sending = SendingSide(ended=self._active)
        self._receiving = self._receiver(ended=not (asked or receiving))
        self._in_blocks = False
        self._peer_window = 1
        self._confirmed = None
        self._due = _Due.NOTHING
        self._repeated = False
        self._repeats = 0

    def _receiver(self, *, ended: bool) -> ReceivingSide:
        return ReceivingSide(self._max_transfer, MAX_WINDOW, ended=ended)

    def _taken(self, block: GeneralBlock) -> bytes:
        """Digest one block; the APDU it completes, or nothing."""
        self._repeats = 0
        if _is_abort(block, self._receiving.begun):
            return self._aborted()
        self._restart_for(block)
        if block.window:
            self._peer_window = block.window
        gap_end = self._receiving.in_order + self._receiving.gap
        new = self._receive(block)
        if block.data and self._asked:
            self._sending.finish()
        advanced = self._note_confirmation(block)
        if whole := self._receiving.joined() if self._receiving.ended else b"":
            return self._completed(whole, block)
        if not block.streaming and block.acknowledged < self._sending.last and not self._answered:
            self._go_on(block, advanced or new)
        elif block.data and not self._receiving.ended:
            filled = self._confirmed is not None and self._confirmed.gap > 0 and self._receiving.in_order >= gap_end
            self._confirm(block, new, filled)
        return b""

    def _restart_for(self, block: GeneralBlock) -> None:
        """Make way for the first block of another APDU.

        After a complete one any first block begins the next: to ask or to push the same twice is allowed, and copies
        that come so late are dropped where datagrams come in.
        """
        if block.number != 1 or not block.data:
            return
        if self._receiving.ended:
            self._begin(receiving=True)
        elif self._receiving.has_other_start(block) and self._asked:
            self._receiving = self._receiver(ended=False)
        elif self._receiving.has_other_start(block):
            self._begin(receiving=True)

    def _receive(self, block: GeneralBlock) -> bool:
        try:
            return self._receiving.take(block)
        except RemoteProtocolError:
            self._begin()
            self._due = _Due.ABORT
            raise

    def _note_confirmation(self, block: GeneralBlock) -> bool:
        """Remember how far the peer has our blocks; whether that is further than before."""
        before = self._sending.acknowledged
        if not block.streaming and block.acknowledged <= self._sending.sent:
            self._sending.acknowledged = block.acknowledged
        return self._sending.acknowledged > before

    def _completed(self, whole: bytes, block: GeneralBlock) -> bytes:
        """An APDU is complete: an answer to ours, a request to answer in blocks, or a push to confirm."""
        if not self._active:
            self._in_blocks = block.window > 0
        elif not self._asked and block.window:
            self._due = _Due.CONFIRMATION
        self._asked = False
        return whole

    def _go_on(self, block: GeneralBlock, fresh: bool) -> None:
        """The peer has the turn given back and lacks blocks of ours: send on after the last it has."""
        if block.acknowledged == self._sending.acknowledged and (fresh or self._repeated or not self._active):
            self._repeated = False
            self._due = _Due.BLOCKS

    def _confirm(self, block: GeneralBlock, new: bool, filled: bool) -> None:
        """Confirm where the peer waits for it, or fail where a push that nobody confirms has a gap."""
        if block.last and not block.window and not self._asked:
            self._begin()
            raise RemoteProtocolError(Cause.BLOCK_LOST, f"a push of {block.number} blocks came with a gap")
        confirmed = self._confirmed.in_order if self._confirmed else 0
        full = block.window > 0 and self._receiving.in_order - confirmed >= self._window
        turn = not block.streaming
        if (new and (turn or filled or full)) or (turn and not self._active):
            self._due = _Due.CONFIRMATION

    def _aborted(self) -> bytes:
        """The peer gave up. That is a refusal to a client that waits; a server just forgets."""
        asked = self._asked
        self._begin()
        if asked:
            raise RemoteProtocolError(Cause.REFUSED, "the peer broke the block transfer off")
        return b""

    def _confirmation(self) -> bytes:
        """An empty block; the same again while nothing new came."""
        receiving, sending = self._receiving, self._sending
        if self._confirmed != _Confirmed(sending.sent, receiving.in_order, receiving.gap):
            self._confirmed = _Confirmed(sending.next_empty(), receiving.in_order, receiving.gap)
        return self._block(sending.sent, streaming=False)

    def _burst(self, first: int) -> bytes:
        """As many blocks from `first` as the peer can take; the last of them gives it the turn."""
        final = min(first + self._peer_window - 1, self._sending.last)
        self._sending.sent = max(self._sending.sent, final)
        return b"".join([self._block(number, streaming=number < final) for number in range(first, final + 1)])

    def _block(self, number: int, *, streaming: bool) -> bytes:
        data, last = self._sending.content(number)
        window = min(self._receiving.gap or self._window, self._window)
        block = GeneralBlock(number, self._receiving.in_order, data, last, streaming, window)
        return self._inner.frame(block.encode())


class _Due(Enum):
    """What `outgoing` is to say."""

    NOTHING = auto()
    BLOCKS = auto()
    CONFIRMATION = auto()
    ABORT = auto()


@dataclass(frozen=True, slots=True)
class _Confirmed:
    """Our last confirmation: its block number and what it said."""

    number: int
    in_order: int
    gap: int


def _is_abort(block: GeneralBlock, receiving: bool) -> bool:
    """Both numbers 0, or a last block without data and window in the middle of the peer's data."""
    empty_end = block.last and not block.data and not block.window
    return (block.number == 0 and block.acknowledged == 0) or (empty_end and receiving)
