"""The objects of a meter as its association tells them: names, rights, and on request their values."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from protocols.dlms import exchange
from protocols.dlms.base_names import BaseNames
from protocols.dlms.classes import interface_class
from protocols.dlms.classes.client import read_object_list
from protocols.dlms.classes.rights import (
    AttributeMode,
    AttributeRights,
    MethodMode,
    MethodRights,
    ObjectEntry,
    ObjectEntry3,
)
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute
from protocols.dlms.exchange import Exchange
from protocols.dlms.obis import Obis
from protocols.dlms.states import State
from protocols.dlms.tags import DataAccessResult
from protocols.errors import RemoteProtocolError
from protocols.explain import value_words

_PROFILE, _BUFFER = 7, 2
_READ_MODES = (
    AttributeMode.READ_ONLY,
    AttributeMode.READ_AND_WRITE,
    AttributeMode.AUTHENTICATED_READ_ONLY,
    AttributeMode.AUTHENTICATED_READ_AND_WRITE,
)
MAX_READ = 4000
"""Attributes one listing reads; the largest meters have about 2,000."""


@dataclass(slots=True)
class Member:
    """An attribute or a method; `rights` in words, empty where the meter does not tell them."""

    index: int
    name: str
    rights: str
    readable: bool = False
    value: str = ""


@dataclass(slots=True)
class Listed:
    """One object; `base` is its base name where short names are used."""

    class_id: int
    version: int
    obis: Obis
    attributes: list[Member] = field(default_factory=list)
    methods: list[Member] = field(default_factory=list)
    base: int | None = None


def list_objects(connection: ClientConnection) -> Exchange[list[Listed]]:
    """The object list of an open association, with logical or short names.

    RemoteProtocolError: ACCESS_DENIED, OBJECT_UNDEFINED, REFUSED or GARBAGE.
    """
    if connection.short_names is not None:
        names = yield from exchange.learn_names(connection)
        return _by_base_names(names)
    entries = yield from read_object_list(connection)
    return [_listed(entry) for entry in entries]


def read_values(connection: ClientConnection, objects: Sequence[Listed]) -> Exchange[int]:
    """Fill in the value of every readable attribute, `MAX_READ` at most; gives how many were asked for.

    Attribute 1 is the name, which is known; rows of profiles may be many. What the meter refuses becomes the value.
    """
    wanted = [(item, member) for item in objects for member in item.attributes if _is_read(item, member)][:MAX_READ]
    for item, member in wanted:
        member.value = yield from _value(connection, Attribute(item.class_id, item.obis, member.index))
    return len(wanted)


def _value(connection: ClientConnection, attribute: Attribute) -> Exchange[str]:
    """One at a time: a value that cannot be read, or is none, then costs no other."""
    try:
        result = yield from exchange.get(connection, attribute)
    except RemoteProtocolError as error:
        if connection.state is not State.READY:
            raise
        return f"refused: {error}"
    return f"refused: {_plain(result.name)}" if isinstance(result, DataAccessResult) else value_words(result)


def _listed(entry: ObjectEntry | ObjectEntry3) -> Listed:
    rights = entry.access_rights
    attributes = [
        _attribute(entry, each.attribute_id, each.access_mode)
        for each in rights.attribute_access
        if each.attribute_id > 0
    ]
    methods = [
        Member(
            each.method_id, _name(entry.class_id, entry.version, each.method_id, "methods"), _words(each.access_mode)
        )
        for each in rights.method_access
    ]
    return Listed(entry.class_id, entry.version, entry.logical_name, attributes, methods)


def _attribute(entry: ObjectEntry | ObjectEntry3, index: int, mode: AttributeMode | AttributeRights) -> Member:
    readable = mode in _READ_MODES if isinstance(mode, AttributeMode) else bool(mode & AttributeRights.READ)
    return Member(index, _name(entry.class_id, entry.version, index, "attributes"), _words(mode), readable)


def _by_base_names(names: BaseNames) -> list[Listed]:
    """Without rights in the list, attributes are those the table of the class has."""
    listed = []
    for item in names.objects:
        kind = interface_class(item.class_id, item.version)
        rows = kind.table.attributes if kind else ()
        attributes = [Member(row.index, row.name, "", row.readable) for row in rows]
        listed.append(Listed(item.class_id, item.version, item.obis, attributes, base=item.base))
    return listed


def _name(class_id: int, version: int, index: int, members: str) -> str:
    kind = interface_class(class_id, version)
    rows = getattr(kind.table, members) if kind else ()
    return next((row.name for row in rows if row.index == index), "")


def _is_read(item: Listed, member: Member) -> bool:
    return member.readable and member.index > 1 and (item.class_id, member.index) != (_PROFILE, _BUFFER)


def _words(mode: AttributeMode | AttributeRights | MethodMode | MethodRights) -> str:
    return _plain(mode.name or "no access").replace("|", ", ")


def _plain(name: str) -> str:
    return name.lower().replace("_", " ")
