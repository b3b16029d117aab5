"""ACTION in blocks (Green Book 9.3.8): long parameters of methods, and long returns.

Joined, the blocks of parameters are the Data (one method) or the list of Data (several); the blocks of a return are
the Data returned or the list of outcomes.
"""

from dataclasses import dataclass

from protocols.dlms.cosem import Method, decode_method
from protocols.dlms.services.blocks import decode_block, decode_first_block, encode_block
from protocols.dlms.services.get import INVOKE
from protocols.dlms.services.targets import decode_methods, encode_methods
from protocols.errors import garbage


@dataclass(frozen=True, slots=True)
class ActionNext:
    """Ask for the block of a return after `number`, which acknowledges that one."""

    number: int
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """action-request-next-pblock."""
        return bytes((0xC3, 2, self.invoke)) + self.number.to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class ActionFirstBlock:
    """Begin to invoke a method whose parameters are long; blocks are numbered from 1."""

    method: Method
    data: bytes
    invoke: int = INVOKE
    last: bool = False

    def encode(self) -> bytes:
        """action-request-with-first-pblock."""
        block = encode_block(1, self.data, last=self.last)
        return bytes((0xC3, 4, self.invoke)) + self.method.encode() + block


@dataclass(frozen=True, slots=True)
class ActionListFirstBlock:
    """Begin to invoke several methods whose parameters are long."""

    methods: tuple[Method, ...]
    data: bytes
    invoke: int = INVOKE
    last: bool = False

    def encode(self) -> bytes:
        """action-request-with-list-and-first-pblock."""
        block = encode_block(1, self.data, last=self.last)
        return bytes((0xC3, 5, self.invoke)) + encode_methods(self.methods) + block


@dataclass(frozen=True, slots=True)
class ActionBlock:
    """A further part of long parameters, more to come."""

    number: int
    data: bytes
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """action-request-with-pblock, last-block false."""
        return bytes((0xC3, 6, self.invoke)) + encode_block(self.number, self.data, last=False)


@dataclass(frozen=True, slots=True)
class LastActionBlock:
    """The last part of long parameters."""

    number: int
    data: bytes
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """action-request-with-pblock, last-block true."""
        return bytes((0xC3, 6, self.invoke)) + encode_block(self.number, self.data, last=True)


@dataclass(frozen=True, slots=True)
class ActionReturnBlock:
    """A part of a long return, more to come."""

    number: int
    data: bytes
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """action-response-with-pblock, last-block false."""
        return bytes((0xC7, 2, self.invoke)) + encode_block(self.number, self.data, last=False)


@dataclass(frozen=True, slots=True)
class LastActionReturnBlock:
    """The last part of a long return."""

    number: int
    data: bytes
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """action-response-with-pblock, last-block true."""
        return bytes((0xC7, 2, self.invoke)) + encode_block(self.number, self.data, last=True)


@dataclass(frozen=True, slots=True)
class ActionBlockReceived:
    """The server took block `number` of the parameters; the next may follow."""

    number: int
    invoke: int = INVOKE

    def encode(self) -> bytes:
        """action-response-next-pblock."""
        return bytes((0xC7, 4, self.invoke)) + self.number.to_bytes(4, "big")


def decode_next(apdu: bytes) -> ActionNext:
    """Read action-request-next-pblock."""
    return ActionNext(_number(apdu), apdu[2])


def decode_first(apdu: bytes) -> ActionFirstBlock:
    """Read action-request-with-first-pblock."""
    method, offset = decode_method(apdu, 3)
    last, raw = decode_first_block(apdu, offset)
    return ActionFirstBlock(method, raw, apdu[2], last)


def decode_list_first(apdu: bytes) -> ActionListFirstBlock:
    """Read action-request-with-list-and-first-pblock."""
    methods, offset = decode_methods(apdu, 3)
    last, raw = decode_first_block(apdu, offset)
    return ActionListFirstBlock(methods, raw, apdu[2], last)


def decode_parameters(apdu: bytes) -> ActionBlock | LastActionBlock:
    """Read action-request-with-pblock."""
    last, number, raw = decode_block(apdu, 3)
    return (LastActionBlock if last else ActionBlock)(number, raw, apdu[2])


def decode_return(apdu: bytes) -> ActionReturnBlock | LastActionReturnBlock:
    """Read action-response-with-pblock."""
    last, number, raw = decode_block(apdu, 3)
    return (LastActionReturnBlock if last else ActionReturnBlock)(number, raw, apdu[2])


def decode_received(apdu: bytes) -> ActionBlockReceived:
    """Read action-response-next-pblock."""
    return ActionBlockReceived(_number(apdu), apdu[2])


def _number(apdu: bytes) -> int:
    if len(apdu) != 7:
        raise garbage(f"a block number fills 4 octets, {len(apdu) - 3} came")
    return int.from_bytes(apdu[3:7], "big")


Request = ActionNext | ActionFirstBlock | ActionListFirstBlock | ActionBlock | LastActionBlock
Response = ActionReturnBlock | LastActionReturnBlock | ActionBlockReceived
REQUESTS = (ActionNext, ActionFirstBlock, ActionListFirstBlock, ActionBlock, LastActionBlock)
RESPONSES = (ActionReturnBlock, LastActionReturnBlock, ActionBlockReceived)
