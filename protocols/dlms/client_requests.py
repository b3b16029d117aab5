"""What a client has asked, so that an answer can be checked: invoke id, block numbers, size of the reply."""

from protocols.dlms.apdu import Request, Response
from protocols.dlms.services.get import GetBlock, GetNext, LastGetBlock
from protocols.dlms.services.writing import LastSetBlock, SetBlock, SetBlockReceived, SetCompleted, SetFirstBlock
from protocols.errors import Cause, RemoteProtocolError

INVOKE_ID = 0x0F


class Asked:
    """The request that waits for its answer. `max_reply` bounds the octets of one block transfer."""

    __slots__ = ("_block", "_max_reply", "_reply_size", "invoke")

    def __init__(self, max_reply: int) -> None:
        self.invoke = 0
        self._block = 0
        self._reply_size = 0
        self._max_reply = max_reply

    def begin(self, event: Request) -> None:
        """A request is about to be sent."""
        self.invoke = event.invoke & INVOKE_ID
        if isinstance(event, (GetNext, SetBlock, LastSetBlock)):
            self._block = event.number
        else:
            self._block = 1 if isinstance(event, SetFirstBlock) else 0
            self._reply_size = 0

    def check(self, event: Response) -> None:
        """RemoteProtocolError (UNEXPECTED, BLOCK_LOST, TOO_LARGE) unless the event answers what was asked."""
        self.check_invoke(event.invoke)
        if isinstance(event, (GetBlock, LastGetBlock)):
            self._check_block(event)
        elif isinstance(event, (SetBlockReceived, SetCompleted)) and event.number != self._block:
            raise RemoteProtocolError(Cause.BLOCK_LOST, f"block {self._block} was sent, {event.number} confirmed")

    def check_invoke(self, invoke: int) -> None:
        """RemoteProtocolError (UNEXPECTED) for the invoke id of another request."""
        if invoke & INVOKE_ID != self.invoke:
            raise RemoteProtocolError(
                Cause.UNEXPECTED, f"answer to request {invoke & INVOKE_ID} while {self.invoke} was asked"
            )

    def _check_block(self, event: GetBlock | LastGetBlock) -> None:
        if isinstance(event.data, bytes):
            self._reply_size += len(event.data)
            if event.number != self._block + 1:
                raise RemoteProtocolError(
                    Cause.BLOCK_LOST, f"block {event.number} came where {self._block + 1} was due"
                )
        if self._reply_size > self._max_reply:
            raise RemoteProtocolError(Cause.TOO_LARGE, f"the reply exceeds {self._max_reply} octets")
