"""What two sides tell each other during general block transfer (Green Book 9.4.6.13): blocks in, blocks out.

Streaming blocks follow each other; the one that is not streaming ends the window and gives the peer its turn: it
confirms with the last block before which none is missing and says how many it can take, only the gap while there is
one. Before the peer has said so, the window is one block. No confirmation follows the last block of an answer: the next
request is one.

Who repeats. Only the active side, a client, has a clock; it repeats after silence and never reacts to a duplicate. The
passive side, a server, has none and answers every duplicate. Were both to react, one doubled block would double every
block after it.
"""

from dataclasses import dataclass
from enum import Enum, auto

from protocols.dlms.general_block import ABORT, MAX_WINDOW, GeneralBlock
from protocols.dlms.general_block_sides import ReceivingSide, SendingSide
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError


class GeneralBlockTransfer:
    """One side's part in the exchanges on a line, one after the other.

    `active` is the client's side. `window` (1..63) is how many blocks we take before we confirm, `limit` bounds the
    octets of one APDU received. `in_blocks` says that what is sent next answers what was asked in blocks.
    """

    asked: bool
    in_blocks: bool
    _confirmed: "_Confirmed | None"
    _due: "_Due"
    _peer_window: int
    _receiving: ReceivingSide
    _repeated: bool
    _repeats: int
    _sending: SendingSide

    def __init__(self, *, active: bool, window: int, limit: int, retries: int) -> None:
        if not 1 <= window <= MAX_WINDOW:
            raise LocalProtocolError(
                Cause.INVALID_VALUE, f"a window of {window} blocks; 1 to {MAX_WINDOW} are possible"
            )
        self.active = active
        self._window = window
        self._limit = limit
        self._retries = retries
        self.begin()

    def begin(self, *, asked: bool = False, receiving: bool = False) -> None:
        """Start the numbers of a new exchange: we asked, the peer begins to send data, or neither."""
        self.asked = asked
        self._sending = SendingSide(ended=self.active)
        self._receiving = self._receiver(ended=not (asked or receiving))
        self.in_blocks = False
        self._peer_window = 1
        self._confirmed = None
        self._due = _Due.NOTHING
        self._repeated = False
        self._repeats = 0

    @property
    def begun(self) -> bool:
        """Whether data of the peer has begun to come."""
        return self._receiving.begun

    @property
    def unconfirmed(self) -> bool:
        """Whether data of ours waits for the peer's confirmation."""
        return self._sending.has_data and self._sending.acknowledged < self._sending.last

    @property
    def answered(self) -> bool:
        """Whether the answer to our request has begun, so that whatever the peer confirms no data of ours is due."""
        return self.active and self._receiving.begun

    def send(self, apdu: bytes, size: int) -> list[GeneralBlock]:
        """Begin to send an APDU in blocks of `size` octets: the first window of them."""
        self._sending.load(apdu, size)
        self._due = _Due.NOTHING
        return self._burst(self._sending.sent + 1)

    def take_due(self) -> list[GeneralBlock]:
        """What is to be said now: the next window, a confirmation, that the transfer is broken off, or nothing."""
        due, self._due = self._due, _Due.NOTHING
        if due is _Due.BLOCKS:
            return self._burst(self._sending.acknowledged + 1)
        if due is _Due.CONFIRMATION:
            return [self._confirmation()]
        return [ABORT] if due is _Due.ABORT else []

    def repetition(self) -> GeneralBlock | None:
        """After silence: our last block or our last confirmation, None where nothing was said that could be lost.

        RemoteProtocolError (NO_ANSWER) when it has been tried often enough.
        """
        confirming = self._receiving.begun and (self.answered or not self.unconfirmed)
        if not (confirming or (self.asked and self._sending.has_data)):
            return None
        if self._repeats == self._retries:
            raise RemoteProtocolError(Cause.NO_ANSWER, f"no answer to a block sent {1 + self._retries} times")
        self._repeats += 1
        self._repeated = True
        return self._confirmation() if confirming else self._block(self._sending.sent, streaming=False)

    def take(self, block: GeneralBlock) -> bytes:
        """Digest one block; the APDU it completes, or nothing.

        RemoteProtocolError: BLOCK_LOST for a push with a gap, REFUSED when the peer breaks a transfer off, TOO_LARGE
        beyond the limit.
        """
        self._repeats = 0
        if _is_abort(block, self._receiving.begun):
            return self._aborted()
        self._restart_for(block)
        if block.window:
            self._peer_window = block.window
        gap_end = self._receiving.in_order + self._receiving.gap
        new = self._receive(block)
        if block.data and self.asked:
            self._sending.finish()
        advanced = self._note_confirmation(block)
        if whole := self._receiving.joined() if self._receiving.ended else b"":
            return self._completed(whole, block)
        if not block.streaming and block.acknowledged < self._sending.last and not self.answered:
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
            self.begin(receiving=True)
        elif self._receiving.has_other_start(block) and self.asked:
            self._receiving = self._receiver(ended=False)
        elif self._receiving.has_other_start(block):
            self.begin(receiving=True)

    def _receive(self, block: GeneralBlock) -> bool:
        try:
            return self._receiving.take(block)
        except RemoteProtocolError:
            self.begin()
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
        if not self.active:
            self.in_blocks = block.window > 0
        elif not self.asked and block.window:
            self._due = _Due.CONFIRMATION
        self.asked = False
        return whole

    def _go_on(self, block: GeneralBlock, fresh: bool) -> None:
        """The peer has the turn given back and lacks blocks of ours: send on after the last it has."""
        if block.acknowledged == self._sending.acknowledged and (fresh or self._repeated or not self.active):
            self._repeated = False
            self._due = _Due.BLOCKS

    def _confirm(self, block: GeneralBlock, new: bool, filled: bool) -> None:
        """Confirm where the peer waits for it, or fail where a push that nobody confirms has a gap."""
        if block.last and not block.window and not self.asked:
            self.begin()
            raise RemoteProtocolError(Cause.BLOCK_LOST, f"a push of {block.number} blocks came with a gap")
        confirmed = self._confirmed.in_order if self._confirmed else 0
        full = block.window > 0 and self._receiving.in_order - confirmed >= self._window
        turn = not block.streaming
        if (new and (turn or filled or full)) or (turn and not self.active):
            self._due = _Due.CONFIRMATION

    def _aborted(self) -> bytes:
        """The peer gave up. That is a refusal to a client that waits; a server just forgets."""
        asked = self.asked
        self.begin()
        if asked:
            raise RemoteProtocolError(Cause.REFUSED, "the peer broke the block transfer off")
        return b""

    def _receiver(self, *, ended: bool) -> ReceivingSide:
        return ReceivingSide(self._limit, MAX_WINDOW, ended=ended)

    def _confirmation(self) -> GeneralBlock:
        """An empty block; the same again while nothing new came."""
        receiving, sending = self._receiving, self._sending
        if self._confirmed != _Confirmed(sending.sent, receiving.in_order, receiving.gap):
            self._confirmed = _Confirmed(sending.next_empty(), receiving.in_order, receiving.gap)
        return self._block(sending.sent, streaming=False)

    def _burst(self, first: int) -> list[GeneralBlock]:
        """As many blocks from `first` as the peer can take; the last of them gives it the turn."""
        final = min(first + self._peer_window - 1, self._sending.last)
        self._sending.sent = max(self._sending.sent, final)
        return [self._block(number, streaming=number < final) for number in range(first, final + 1)]

    def _block(self, number: int, *, streaming: bool) -> GeneralBlock:
        data, last = self._sending.content(number)
        window = min(self._receiving.gap or self._window, self._window)
        return GeneralBlock(number, self._receiving.in_order, data, last, streaming, window)


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
