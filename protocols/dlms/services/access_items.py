"""Items of an ACCESS request (Green Book 9.3.5): their specification on the wire, and their outcomes."""

from dataclasses import dataclass
from enum import Enum

from protocols.dlms.axdr import encode_length
from protocols.dlms.cosem import Attribute, Method, decode_attribute, decode_method
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import NULL
from protocols.dlms.selection import Selection
from protocols.dlms.services.action import action_result
from protocols.dlms.services.get import access_result
from protocols.dlms.services.targets import decode_count, decode_selection
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import garbage


class AccessKind(Enum):
    """Which service an answer belongs to; the value is the choice on the wire."""

    GET = 1
    SET = 2
    ACTION = 3


@dataclass(frozen=True, slots=True)
class AccessGet:
    """Read one attribute."""

    attribute: Attribute
    selection: Selection | None = None

    @property
    def kind(self) -> AccessKind:
        """GET."""
        return AccessKind.GET

    @property
    def data(self) -> Encoded:
        """Nothing goes with a read."""
        return NULL

    def encode_specification(self) -> bytes:
        """access-request-get, or access-request-get-with-selection."""
        return _encode_attribute(1, self.attribute, self.selection)


@dataclass(frozen=True, slots=True)
class AccessSet:
    """Write one attribute. In a repeated specification `data` is null-data."""

    attribute: Attribute
    data: Encoded = NULL
    selection: Selection | None = None

    @property
    def kind(self) -> AccessKind:
        """SET."""
        return AccessKind.SET

    def encode_specification(self) -> bytes:
        """access-request-set, or access-request-set-with-selection."""
        return _encode_attribute(2, self.attribute, self.selection)


@dataclass(frozen=True, slots=True)
class AccessAction:
    """Invoke one method; `data` is null-data for no parameters."""

    method: Method
    data: Encoded = NULL

    @property
    def kind(self) -> AccessKind:
        """ACTION."""
        return AccessKind.ACTION

    def encode_specification(self) -> bytes:
        """access-request-action."""
        return b"\x03" + self.method.encode()


AccessItem = AccessGet | AccessSet | AccessAction


@dataclass(frozen=True, slots=True)
class AccessOutcome:
    """What became of one item; `data` is null-data where nothing is returned."""

    kind: AccessKind
    result: DataAccessResult | ActionResult
    data: Encoded = NULL


def encode_items(items: tuple[AccessItem, ...]) -> bytes:
    """List-Of-Access-Request-Specification."""
    return encode_length(len(items)) + b"".join([item.encode_specification() for item in items])


def decode_items(apdu: bytes, offset: int) -> tuple[tuple[AccessItem, ...], int]:
    """The list that `encode_items` gives, and the offset after it."""
    count, offset = decode_count(apdu, offset)
    items: list[AccessItem] = []
    for _ in range(count):
        item, offset = _decode_item(apdu, offset)
        items.append(item)
    return tuple(items), offset


def with_data(item: AccessItem, data: Encoded) -> AccessItem:
    """The item with the data that came for it; data for a read means nothing."""
    if isinstance(item, AccessSet):
        return AccessSet(item.attribute, data, item.selection)
    return AccessAction(item.method, data) if isinstance(item, AccessAction) else item


def decode_outcome(apdu: bytes, offset: int, data: Encoded) -> AccessOutcome:
    """Access-Response-Specification at `offset`, two octets, with the data that belongs to it."""
    try:
        kind = AccessKind(apdu[offset])
    except ValueError:
        raise garbage(f"access result of kind {apdu[offset]} is not defined") from None
    named = action_result if kind is AccessKind.ACTION else access_result
    return AccessOutcome(kind, named(apdu[offset + 1]), data)


def _encode_attribute(choice: int, attribute: Attribute, selection: Selection | None) -> bytes:
    if selection is None:
        return bytes((choice,)) + attribute.encode()
    return bytes((choice + 3,)) + attribute.encode() + selection.encode()


def _decode_item(apdu: bytes, offset: int) -> tuple[AccessItem, int]:
    choice = apdu[offset]
    if choice == 3:
        method, offset = decode_method(apdu, offset + 1)
        return AccessAction(method), offset
    if choice not in (1, 2, 4, 5):
        raise garbage(f"access specification {choice} is not defined")
    attribute, offset = decode_attribute(apdu, offset + 1)
    selection = None
    if choice > 3:
        selection, offset = decode_selection(apdu, offset)
    if choice in (1, 4):
        return AccessGet(attribute, selection), offset
    return AccessSet(attribute, NULL, selection), offset
