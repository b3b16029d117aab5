"""Requests without an answer: the service class in the invoke id says that the server is to do it and be silent."""

from dataclasses import dataclass, replace

from protocols.dlms.services.access import LONG_CONFIRMED, AccessRequest
from protocols.dlms.services.action import ActionListRequest, ActionRequest
from protocols.dlms.services.writing import SetRequest
from protocols.dlms.services.writing_lists import SetListRequest

CONFIRMED = 0x40
Doing = SetRequest | SetListRequest | ActionRequest | ActionListRequest | AccessRequest


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A request whose outcome nobody waits for, broadcasts above all.

    Only what changes something can be unconfirmed, and only whole. A GET with this service class is answered all the
    same: it would be pointless otherwise, and clients are in the field that mark their reads so.
    """

    request: Doing

    @property
    def invoke(self) -> int:
        """The invoke id of the request."""
        return self.request.invoke

    def encode(self) -> bytes:
        """The request with its service class set to unconfirmed."""
        return replace(self.request, invoke=self.request.invoke & ~confirmed_bit(self.request)).encode()


def confirmed_bit(request: Doing) -> int:
    """The service class among the bits of the request's invoke id."""
    return LONG_CONFIRMED if isinstance(request, AccessRequest) else CONFIRMED


DOING = (SetRequest, SetListRequest, ActionRequest, ActionListRequest, AccessRequest)
REQUESTS = (Unconfirmed,)
