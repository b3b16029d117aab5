"""What a logical device consists of: COSEM objects and the associations through which clients may use them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from types import MappingProxyType
from typing import Protocol

from protocols.dlms.acse import Context
from protocols.dlms.base_names import BaseNames, NamedObject
from protocols.dlms.classes.rights import AttributeMode, MethodMode
from protocols.dlms.conformance import SUPPORTED, SUPPORTED_SN, Conformance
from protocols.dlms.data import Value
from protocols.dlms.encoding import octet_string
from protocols.dlms.initiate import InitiateResponse
from protocols.dlms.keys import MessageKeys
from protocols.dlms.obis import Obis
from protocols.dlms.security import KeySet, ReceiveCounter, Security, SendCounter
from protocols.dlms.security.curves import NO_CURVE_KEYS, CurveKeys
from protocols.dlms.security.handshake import SECRET_MECHANISMS, Manufacturers, aes_ecb
from protocols.dlms.selection import Entries, Range
from protocols.dlms.server_objects import counter_object, data_object
from protocols.dlms.services.get import Result
from protocols.dlms.settings import ServerSettings
from protocols.dlms.tags import ActionResult, DataAccessResult, Mechanism
from protocols.errors import Cause, LocalProtocolError

CLOCK = Obis.parse("0-0:1.0.0")
DEVICE_NAME = Obis.parse("0-0:42.0.0")
INVOCATION_COUNTER = Obis.parse("0-0:43.1.0")
PASSWORD_MECHANISMS = SECRET_MECHANISMS | {Mechanism.LLS}
PUBLIC_CLIENT = 16
MANAGEMENT_CLIENT = 1


class CosemObject(Protocol):
    """One object of a device. Attribute 1, the logical name, is answered by the session."""

    @property
    def class_id(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def obis(self) -> Obis: ...
    @property
    def attributes(self) -> Sequence[int]:
        """Numbers of the attributes it has, 1 included."""
        ...

    @property
    def methods(self) -> Sequence[int]:
        """Numbers of the methods it has."""
        ...

    def selectors(self, attribute: int) -> Sequence[int]:
        """The selective accesses that an attribute knows."""
        ...

    def get(self, attribute: int, selection: Range | Entries | None) -> Result:
        """The attribute's encoded value, or why it cannot be read."""
        ...

    def set(self, attribute: int, value: Value) -> DataAccessResult:
        """Take a new value, or say why not. It may come as octets (`Encoded`), which still know their types.

        RemoteProtocolError when the octets are no data or of a shape that cannot be meant.
        """
        ...

    def invoke(self, method: int, parameters: Value) -> tuple[ActionResult, Result | None]:
        """Do it, and give the outcome and what the method returns."""
        ...


_READING = frozenset((AttributeMode.READ_ONLY, AttributeMode.READ_AND_WRITE))
_WRITING = frozenset((AttributeMode.WRITE_ONLY, AttributeMode.READ_AND_WRITE))
_READING_SECURED = frozenset((AttributeMode.AUTHENTICATED_READ_ONLY, AttributeMode.AUTHENTICATED_READ_AND_WRITE))
_WRITING_SECURED = frozenset((AttributeMode.AUTHENTICATED_WRITE_ONLY, AttributeMode.AUTHENTICATED_READ_AND_WRITE))


@dataclass(frozen=True, slots=True)
class Association:
    """One client's way in: how it authenticates and what it may do. None for a set of rights means everything.

    `attribute_modes` and `method_modes` decide for single attributes and methods what the sets would decide otherwise:
    read only, write only, both, or only in authenticated messages.

    Fields of the same names as in `ServerSettings` mean the same; `conformance` None is what the device can with the
    names of the association's context.
    """

    client: int
    mechanism: Mechanism = Mechanism.NONE
    password: bytes = field(default=b"", repr=False)
    keys: KeySet | None = None
    security: Security = Security.NONE
    readable: frozenset[Obis] | None = None
    writable: frozenset[tuple[Obis, int]] | None = frozenset()
    invocable: frozenset[tuple[Obis, int]] | None = frozenset()
    attribute_modes: Mapping[tuple[Obis, int], AttributeMode] = field(default_factory=dict)
    method_modes: Mapping[tuple[Obis, int], MethodMode] = field(default_factory=dict)
    answer_security: Security | None = None
    context: Context | None = None
    conformance: Conformance | None = None
    client_title: bytes = b""
    curve_keys: CurveKeys = NO_CURVE_KEYS
    manufacturers: Manufacturers = aes_ecb
    established: InitiateResponse | None = None

    def may_read(self, obis: Obis) -> bool:
        """Whether attributes of the object may be read; others do not exist for this client."""
        return self.readable is None or obis in self.readable

    def hides(self, obis: Obis, attribute: int) -> bool:
        """Whether this one attribute of an object that may be read may not."""
        mode = self.attribute_modes.get((obis, attribute))
        return mode is not None and not self._grants(mode, _READING, _READING_SECURED)

    def may_write(self, obis: Obis, attribute: int) -> bool:
        """Whether the attribute may be written."""
        return self._grants(self.attribute_mode(obis, attribute), _WRITING, _WRITING_SECURED)

    def may_invoke(self, obis: Obis, method: int) -> bool:
        """Whether the method may be invoked."""
        mode = self.method_mode(obis, method)
        return mode is MethodMode.ACCESS or (mode is MethodMode.AUTHENTICATED_ACCESS and self._is_authenticated)

    def attribute_mode(self, obis: Obis, attribute: int) -> AttributeMode:
        """What the object list says of an attribute."""
        mode = self.attribute_modes.get((obis, attribute))
        if mode is not None:
            return mode
        writable = self.writable is None or (obis, attribute) in self.writable
        return AttributeMode.READ_AND_WRITE if writable else AttributeMode.READ_ONLY

    def method_mode(self, obis: Obis, method: int) -> MethodMode:
        """What the object list says of a method."""
        mode = self.method_modes.get((obis, method))
        if mode is not None:
            return mode
        invocable = self.invocable is None or (obis, method) in self.invocable
        return MethodMode.ACCESS if invocable else MethodMode.NO_ACCESS

    @property
    def _is_authenticated(self) -> bool:
        """Whether every request of this client is authenticated."""
        return bool(self.security & Security.AUTHENTICATED)

    def _grants(self, mode: AttributeMode, always: frozenset[AttributeMode], secured: frozenset[AttributeMode]) -> bool:
        return mode in always or (mode in secured and self._is_authenticated)


def public_association(*also: Obis) -> Association:
    """Client 16, no security: clock, logical device name, invocation counter, and the objects named."""
    return Association(PUBLIC_CLIENT, readable=frozenset((CLOCK, DEVICE_NAME, INVOCATION_COUNTER, *also)))


def management_association(keys: KeySet, client: int = MANAGEMENT_CLIENT) -> Association:
    """Client 1: HLS with GMAC, every APDU authenticated and encrypted, everything allowed."""
    return Association(client, Mechanism.HLS_GMAC, keys=keys, security=Security.BOTH, writable=None, invocable=None)


class LogicalDevice:
    """Objects by logical name, associations by client address, and the counters that outlive a session.

    `name` is the logical device name, `title` the system title (8 octets), `zone` completes instants that clients send
    without deviation, `max_pdu` is the largest APDU accepted and sent, in octets. `short_names` gives the base names of
    objects, which may be among `objects` too; with them clients may use short-name referencing. `sap` is the address of
    the device behind its endpoint: wPort or upper HDLC address. With `block_window` it offers general block transfer.
    """

    def __init__(
        self,
        name: str,
        title: bytes,
        objects: Iterable[CosemObject],
        associations: Iterable[Association],
        *,
        zone: tzinfo = UTC,
        max_pdu: int = 1024,
        conformance: Conformance = SUPPORTED,
        short_names: Mapping[int, CosemObject] = MappingProxyType({}),
        sap: int = 1,
        block_window: int = 0,
    ) -> None:
        self.name = name
        self.sap = sap
        self.title = title
        self.zone = zone
        self.max_pdu = max_pdu
        self.conformance = conformance
        self.block_window = block_window
        self.counter = SendCounter()
        self.associations = {association.client: association for association in associations}
        self.client_counters = {client: ReceiveCounter() for client in self.associations}
        self._broadcast_counter = ReceiveCounter()
        self._message_keys = MessageKeys()
        self.objects: dict[Obis, CosemObject] = {}
        self._settings = {client: self.settings_of(terms) for client, terms in self.associations.items()}
        self.add(*_own_objects(self))
        self.add(*objects)
        self.add(*(item for item in short_names.values() if item.obis not in self.objects))
        self.base_names = BaseNames(
            NamedObject(base, item.class_id, item.obis, item.version) for base, item in short_names.items()
        )

    def add(self, *objects: CosemObject) -> None:
        """Put objects into the device. LocalProtocolError when two have one logical name."""
        for item in objects:
            if item.obis in self.objects:
                raise LocalProtocolError(Cause.INVALID_VALUE, f"{item.obis} is in the device already")
            self.objects[item.obis] = item

    def settings(self, client: int) -> ServerSettings | None:
        """The connection settings of a client, None when it has no association."""
        return self._settings.get(client)

    def change_secret(self, client: int, secret: bytes) -> bool:
        """A new password for a client, from its next association on.

        False where it proves itself with keys, or for one with which it could not associate any more.
        """
        association = replace(self.associations[client], password=secret)
        if association.mechanism not in PASSWORD_MECHANISMS or not secret:
            return False
        try:
            settings = self.settings_of(association)
        except LocalProtocolError:
            return False
        self.associations[client], self._settings[client] = association, settings
        return True

    def settings_of(self, association: Association) -> ServerSettings:
        """The connection settings that the terms of an association come to."""
        short = association.context is not None and association.context.short_names
        return ServerSettings(
            mechanism=association.mechanism,
            password=association.password,
            keys=association.keys,
            security=association.security,
            answer_security=association.answer_security,
            context=association.context,
            title=self.title,
            client_title=association.client_title,
            counter=self.counter,
            client_counter=self.client_counters[association.client],
            broadcast_counter=self._broadcast_counter,
            message_keys=self._message_keys,
            curve_keys=association.curve_keys,
            manufacturers=association.manufacturers,
            established=association.established,
            block_window=self.block_window,
            conformance=association.conformance or (SUPPORTED_SN if short else self.conformance),
            max_pdu=self.max_pdu,
        )


def _own_objects(device: LogicalDevice) -> list[CosemObject]:
    """Logical device name, and the counter a client asks for before its first protected message."""
    name = data_object(DEVICE_NAME, octet_string(device.name.encode("ascii")))
    return [name, counter_object(INVOCATION_COUNTER, device.client_counters.values())]
