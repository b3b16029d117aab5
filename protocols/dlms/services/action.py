"""ACTION (Green Book 9.3.8, tags 195 and 199): invoke one method."""

from collections.abc import Callable
from dataclasses import dataclass

from protocols.dlms.cosem import Method, decode_method
from protocols.dlms.data import Encoded
from protocols.dlms.services.get import INVOKE, Result, access_result, encode_result
from protocols.dlms.tags import ActionResult, ApduTag
from protocols.errors import garbage


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """Invoke one method."""

    method: Method
    parameters: Encoded | None = None
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """action-request-normal."""
        parameters = b"\x00" if self.parameters is None else b"\x01" + self.parameters
        return bytes((0xC3, 1, self.invoke)) + self.method.encode() + parameters


@dataclass(frozen=True, slots=True)
class ActionResponse:
    """The outcome of a method and what it returned, None for nothing."""

    result: ActionResult
    returned: Result | None = None
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """action-response-normal."""
        returned = b"\x00" if self.returned is None else b"\x01" + encode_result(self.returned)
        return bytes((0xC7, 1, self.invoke, self.result.value)) + returned


def decode_action_request(apdu: bytes) -> ActionRequest:
    """Read tag 195. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    if apdu[1] != 1:
        raise garbage(f"action-request {apdu[1]} is not supported")
    method, offset = decode_method(apdu, 3)
    parameters = Encoded(apdu[offset + 1 :]) if apdu[offset] else None
    return ActionRequest(method, parameters, apdu[2])


def decode_action_response(apdu: bytes) -> ActionResponse:
    """Read tag 199. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    if apdu[1] != 1:
        raise garbage(f"action-response {apdu[1]} is not supported")
    try:
        result = ActionResult(apdu[3])
    except ValueError:
        raise garbage(f"action result {apdu[3]} is not defined") from None
    if apdu[4] == 0:
        return ActionResponse(result, None, apdu[2])
    returned = access_result(apdu[6]) if apdu[5] else Encoded(apdu[6:])
    return ActionResponse(result, returned, apdu[2])


Request = ActionRequest
Response = ActionResponse
REQUESTS = (ActionRequest,)
RESPONSES = (ActionResponse,)
DECODERS: dict[int, Callable[[bytes], Request | Response]] = {
    ApduTag.ACTION_REQUEST: decode_action_request,
    ApduTag.ACTION_RESPONSE: decode_action_response,
}
