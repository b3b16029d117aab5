"""One client's use of a logical device: finds, reads, writes and invokes objects under its rights."""

from collections.abc import Callable, Sequence
from typing import Any

from protocols.dlms.association_object import association_object, selected_objects
from protocols.dlms.base_names import ASSOCIATION_SN
from protocols.dlms.connection import ServerConnection
from protocols.dlms.cosem import CURRENT_ASSOCIATION, Attribute, Method
from protocols.dlms.data import Encoded, decode
from protocols.dlms.device import Association, CosemObject, LogicalDevice
from protocols.dlms.encoding import octet_string
from protocols.dlms.events import Event
from protocols.dlms.incoming import Incoming
from protocols.dlms.long_reply import BLOCK_HEAD, LongReply
from protocols.dlms.object_selection import OBJECT_LIST, object_selection
from protocols.dlms.selection import RawSelection, Selection
from protocols.dlms.services.action_blocks import ActionFirstBlock, ActionListFirstBlock, ActionNext
from protocols.dlms.services.get import GetNext, Result
from protocols.dlms.services.writing import SetFirstBlock
from protocols.dlms.services.writing_lists import SetListFirstBlock
from protocols.dlms.short_association import short_association_object
from protocols.dlms.short_transfer import LongRead, LongRequest
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import RemoteProtocolError


class Serving:
    """The device, the association in force, and transfers in blocks that are under way."""

    def __init__(self, device: LogicalDevice, connection: ServerConnection) -> None:
        self.device = device
        self.connection = connection
        self.association: Association | None = None
        self.long: LongReply | None = None
        self.long_read: LongRead | None = None
        self.long_request = LongRequest()
        self.writing: Incoming[SetFirstBlock | SetListFirstBlock] | None = None
        self.acting: Incoming[ActionFirstBlock | ActionListFirstBlock] | None = None
        self._own: CosemObject | None = None

    def associate(self) -> None:
        """A client asks for an association: its rights are those of its address."""
        client = self.connection.client
        self.association = None if client is None else self.device.associations.get(client)
        self._own = None
        self.end_transfers()

    def follow(self) -> None:
        """A client whose association is pre-established speaks: its rights are in force without being asked for."""
        if self.association is None or self.association.client != self.connection.client:
            self.associate()

    def end_transfers(self) -> None:
        """Forget transfers in blocks that were under way: a new request or association ends them."""
        self.long = self.long_read = self.writing = self.acting = None

    @property
    def limit(self) -> int:
        """How many octets a request in blocks may have in all."""
        settings = self.connection.settings
        return settings.max_request if settings else 0

    def begin_reply(self, call: type[GetNext | ActionNext], invoke: int, data: bytes) -> LongReply | None:
        """Begin to hand out a reply in blocks, which requests of kind `call` fetch; None where not even one fits."""
        size = self.connection.room - BLOCK_HEAD
        self.long = LongReply(call, invoke, data, size) if size > 0 else None
        return self.long

    def read(self, attribute: Attribute, selection: Selection | None) -> Result:
        """The attribute's octets, or why it cannot be read."""
        target = self._find(attribute)
        if isinstance(target, DataAccessResult):
            return target
        if attribute.index == 1:
            return octet_string(target.obis)
        if self.association is None or self.association.hides(attribute.obis, attribute.index):
            return DataAccessResult.READ_WRITE_DENIED
        try:
            if isinstance(selection, RawSelection) and attribute == OBJECT_LIST:
                return selected_objects(self.device, self.association, object_selection(selection))
            chosen = selection.parse(self.device.zone) if isinstance(selection, RawSelection) else selection
        except RemoteProtocolError:
            return DataAccessResult.TYPE_UNMATCHED
        return target.get(attribute.index, chosen)

    def attributes(self, attribute: Attribute) -> Sequence[int] | DataAccessResult:
        """The numbers of all attributes of the object that the attribute belongs to, or why it cannot be had."""
        target = self._find(attribute)
        return target if isinstance(target, DataAccessResult) else target.attributes

    def write(self, attribute: Attribute, value: Encoded, selection: Selection | None = None) -> DataAccessResult:
        """Write, or why not. A part of an attribute (`selection`) is never written."""
        target = self._find(attribute)
        if isinstance(target, DataAccessResult):
            return target
        if self.association is None or not self.association.may_write(attribute.obis, attribute.index):
            return DataAccessResult.READ_WRITE_DENIED
        if selection is not None:
            return DataAccessResult.TYPE_UNMATCHED
        try:
            return target.set(attribute.index, value)
        except RemoteProtocolError:
            return DataAccessResult.TYPE_UNMATCHED

    def act(self, method: Method, parameters: Encoded | None) -> tuple[ActionResult, Result | None]:
        """Invoke, with what the method returns."""
        target = self._find(method)
        if isinstance(target, DataAccessResult):
            return ActionResult(target.value), None
        if self.association is None or not self.association.may_invoke(method.obis, method.index):
            return ActionResult.READ_WRITE_DENIED, None
        try:
            return target.invoke(method.index, None if parameters is None else decode(parameters))
        except RemoteProtocolError:
            return ActionResult.TYPE_UNMATCHED, None

    def _find(self, name: Attribute | Method) -> CosemObject | DataAccessResult:
        """The object, if it exists for this client and has the class asked for."""
        association = self.association
        if association is None:
            return DataAccessResult.OBJECT_UNDEFINED
        own = name.obis == CURRENT_ASSOCIATION
        found = self._association_object(association, name.class_id) if own else self.device.objects.get(name.obis)
        if found is None:
            return DataAccessResult.OBJECT_UNDEFINED
        if not own and not association.may_read(name.obis):
            return DataAccessResult.READ_WRITE_DENIED
        if found.class_id != name.class_id:
            return DataAccessResult.OBJECT_CLASS_INCONSISTENT
        return found

    def _association_object(self, association: Association, class_id: int) -> CosemObject:
        """Made on first use: few clients ask for it. Class 12 is the one of short names."""
        if self._own is None or ASSOCIATION_SN in (class_id, self._own.class_id):
            make = short_association_object if class_id == ASSOCIATION_SN else association_object
            self._own = make(self.device, association)
        return self._own


Answers = dict[type, Callable[[Serving, Any], Event | None]]
"""From the type of a request to the function that answers it; None where nothing is to be said."""
