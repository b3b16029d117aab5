"""ACTION (Green Book 9.3.8, tags 195 and 199): invoke one method, or several at once.

Parameters and returns too long for one APDU are in `action_blocks`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from protocols.dlms.axdr import encode_length
from protocols.dlms.cosem import Method, decode_method
from protocols.dlms.data import Encoded
from protocols.dlms.services import action_blocks as blocks
from protocols.dlms.services.get import INVOKE, Result, access_result, decode_result, encode_result
from protocols.dlms.services.targets import (
    decode_count,
    decode_methods,
    encode_methods,
    encode_values,
    whole_values,
)
from protocols.dlms.tags import ActionResult, ApduTag
from protocols.errors import garbage

Outcome = tuple[ActionResult, Result | None]
"""Action-Response-With-Optional-Data: how a method ended and what it returned, None for nothing."""


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
class ActionListRequest:
    """Invoke several methods; `parameters` are in the order of `methods`, null-data for none."""

    methods: tuple[Method, ...]
    parameters: tuple[Encoded, ...]
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """action-request-with-list."""
        return bytes((0xC3, 3, self.invoke)) + encode_methods(self.methods) + encode_values(self.parameters)


@dataclass(frozen=True, slots=True)
class ActionResponse:
    """The outcome of a method and what it returned, None for nothing."""

    result: ActionResult
    returned: Result | None = None
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """action-response-normal."""
        return bytes((0xC7, 1, self.invoke)) + encode_outcome((self.result, self.returned))


@dataclass(frozen=True, slots=True)
class ActionListResponse:
    """The outcomes of an ActionListRequest, in its order."""

    outcomes: tuple[Outcome, ...]
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """action-response-with-list."""
        return bytes((0xC7, 3, self.invoke)) + encode_outcomes(self.outcomes)


def encode_outcome(outcome: Outcome) -> bytes:
    """Action-Response-With-Optional-Data."""
    result, returned = outcome
    return bytes((result.value,)) + (b"\x00" if returned is None else b"\x01" + encode_result(returned))


def encode_outcomes(outcomes: tuple[Outcome, ...]) -> bytes:
    """SEQUENCE OF Action-Response-With-Optional-Data."""
    return encode_length(len(outcomes)) + b"".join([encode_outcome(outcome) for outcome in outcomes])


def decode_outcomes(data: bytes, offset: int = 0) -> tuple[Outcome, ...]:
    """SEQUENCE OF Action-Response-With-Optional-Data, from `offset` to the end of `data`."""
    count, offset = decode_count(data, offset)
    outcomes: list[Outcome] = []
    for _ in range(count):
        if offset + 2 > len(data):
            raise garbage("a list of outcomes is cut")
        result, returned, offset = action_result(data[offset]), None, offset + 2
        if data[offset - 1]:
            returned, offset = decode_result(data, offset)
        outcomes.append((result, returned))
    if offset != len(data):
        raise garbage("octets left over after the outcomes")
    return tuple(outcomes)


def decode_returned(data: bytes) -> Outcome:
    """What the joined blocks of one method's return say.

    They are its Data, the method having succeeded. Some meters put the whole Action-Response-With-Optional-Data or
    its Get-Data-Result there; their first octet 0 would be null-data, which alone needs no blocks.
    """
    if data[:3] == b"\x00\x01\x00" and len(data) > 3:
        return ActionResult.SUCCESS, Encoded(data[3:])
    plain = Encoded(data[1:] if data[:1] == b"\x00" and len(data) > 1 else data)
    return ActionResult.SUCCESS, plain


def action_result(value: int) -> ActionResult:
    """The named result; RemoteProtocolError for a number the standard does not know."""
    try:
        return ActionResult(value)
    except ValueError:
        raise garbage(f"action result {value} is not defined") from None


def decode_action_request(apdu: bytes) -> "Request":
    """Read tag 195. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    decoder = _REQUEST_KINDS.get(apdu[1])
    if decoder is None:
        raise garbage(f"action-request {apdu[1]} is not defined")
    return decoder(apdu)


def decode_action_response(apdu: bytes) -> "Response":
    """Read tag 199. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    decoder = _RESPONSE_KINDS.get(apdu[1])
    if decoder is None:
        raise garbage(f"action-response {apdu[1]} is not defined")
    return decoder(apdu)


def _decode_request(apdu: bytes) -> ActionRequest:
    method, offset = decode_method(apdu, 3)
    parameters = Encoded(apdu[offset + 1 :]) if apdu[offset] else None
    return ActionRequest(method, parameters, apdu[2])


def _decode_list_request(apdu: bytes) -> ActionListRequest:
    methods, offset = decode_methods(apdu, 3)
    return ActionListRequest(methods, whole_values(apdu[offset:], len(methods)), apdu[2])


def _decode_response(apdu: bytes) -> ActionResponse:
    result = action_result(apdu[3])
    if apdu[4] == 0:
        return ActionResponse(result, None, apdu[2])
    returned = access_result(apdu[6]) if apdu[5] else Encoded(apdu[6:])
    return ActionResponse(result, returned, apdu[2])


def _decode_list_response(apdu: bytes) -> ActionListResponse:
    return ActionListResponse(decode_outcomes(apdu, 3), apdu[2])


Request = ActionRequest | ActionListRequest | blocks.Request
Response = ActionResponse | ActionListResponse | blocks.Response
REQUESTS = (ActionRequest, ActionListRequest, *blocks.REQUESTS)
RESPONSES = (ActionResponse, ActionListResponse, *blocks.RESPONSES)
DECODERS: dict[int, Callable[[bytes], Request | Response]] = {
    ApduTag.ACTION_REQUEST: decode_action_request,
    ApduTag.ACTION_RESPONSE: decode_action_response,
}
_REQUEST_KINDS: dict[int, Callable[[bytes], Request]] = {
    1: _decode_request,
    2: blocks.decode_next,
    3: _decode_list_request,
    4: blocks.decode_first,
    5: blocks.decode_list_first,
    6: blocks.decode_parameters,
}
_RESPONSE_KINDS: dict[int, Callable[[bytes], Response]] = {
    1: _decode_response,
    2: blocks.decode_return,
    3: _decode_list_response,
    4: blocks.decode_received,
}
