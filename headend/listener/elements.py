"""What a push names and what it says of it: attributes with their data, still encoded.

Which attributes a DataNotification holds is told by the object list at its head, or it is not told at all: then the
templates of the device model are tried by their number of elements (headend.md §4 row 20).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from headend.drivers.dlms_names import known_names
from headend.plan import Layout
from protocols.dlms.clock import SIZE, decode_datetime
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded, Value, decode
from protocols.dlms.obis import Obis
from protocols.dlms.services.notification import DataNotification, EventNotification
from protocols.dlms.services.short_report import InformationReport
from protocols.dlms.services.targets import decode_values
from protocols.dlms.tags import Tag
from protocols.dlms.tolerant import mend
from protocols.errors import Cause, ProtocolError, RemoteProtocolError, garbage

PUSH_SETUP_CLASS = 40
_ARRAY, _STRUCTURE = bytes((Tag.ARRAY,)), bytes((Tag.STRUCTURE,))
_LONGEST_LIST = 4096
_NAME = 6
_Names = tuple[tuple[Attribute, tuple[Attribute, ...]], ...]
"""Attributes in the order of their data, each with the columns it is cut down to, if any."""
Templates = Mapping[str, tuple[Attribute, ...]]
Notification = DataNotification | EventNotification | InformationReport


@dataclass(frozen=True, slots=True)
class Element:
    """An attribute and its data. `columns` names those of a profile buffer of which not all were pushed."""

    attribute: Attribute
    value: Encoded
    columns: tuple[Attribute, ...] = ()


def elements_of(said: Notification, templates: Templates, names: Layout | None) -> list[Element]:
    """What a notification holds. `names` is the map of short names on file, for an InformationReport.

    RemoteProtocolError: UNSUPPORTED where nobody says what the data are, GARBAGE where they cannot be read.
    """
    if isinstance(said, EventNotification):
        return [Element(said.attribute, said.value)]
    if isinstance(said, InformationReport):
        return list(_of_report(said, names))
    return _of_push(said.body, templates)


def sent_at(said: Notification, zone: tzinfo) -> datetime | None:
    """When the device sent it by its own clock; None where it does not say, or says it of a clock that is not set."""
    return instant(said.sent_at, zone)


@lru_cache(maxsize=4096)
def instant(octets: bytes, zone: tzinfo) -> datetime | None:
    """The instant of a 12-octet clock in UTC; None where it is none or not set."""
    try:
        return decode_datetime(octets, zone).at.astimezone(UTC) if len(octets) == SIZE else None
    except (ProtocolError, OverflowError):
        return None


def parts_of(body: bytes) -> tuple[Encoded, ...]:
    """The elements of a structure, undecoded; the body itself where it is none. RemoteProtocolError (GARBAGE).

    Logical names with swapped heads (headend.md §4 row 22) are mended where the data make no sense otherwise.
    """
    if body[:1] != _STRUCTURE:
        return (Encoded(body),)
    try:
        return _parts(body)
    except RemoteProtocolError:
        mended, count = mend(body)
        if not count:
            raise
        return _parts(mended)


def _parts(body: bytes) -> tuple[Encoded, ...]:
    try:
        parts, end = decode_values(body, 1)
    except IndexError:
        raise garbage("the data of a push are cut") from None
    if end != len(body):
        raise garbage(f"{len(body) - end} octets left over after the data of a push")
    return parts


def _of_push(body: bytes, templates: Templates) -> list[Element]:
    parts = parts_of(body)
    listed = _listed(parts[0]) if parts else None
    if listed is not None:
        return _named(listed, parts)
    fitting = [template for template in templates.values() if len(template) == len(parts)]
    if len(fitting) == 1:
        return [Element(attribute, value) for attribute, value in zip(fitting[0], parts, strict=True)]
    raise _unnamed(len(parts), len(fitting))


def _unnamed(parts: int, templates: int) -> RemoteProtocolError:
    why = "none of the device model" if not templates else f"{templates} of the device model, which leaves open which"
    return RemoteProtocolError(
        Cause.UNSUPPORTED, f"a push of {parts} elements without object list: this number has {why}"
    )


def _listed(first: Encoded) -> _Names | None:
    """The object list that `first` is, or None where it is something else. The meters of a model send the same one."""
    if first[:1] != _ARRAY or len(first) > _LONGEST_LIST:
        return None
    return _names(bytes(first))


@lru_cache(maxsize=256)
def _names(octets: bytes) -> _Names | None:
    entries = decode(octets)
    assert isinstance(entries, list)
    found = [each for entry in entries if (each := _entry(entry)) is not None]
    return tuple(found) if found and len(found) == len(entries) else None


def _entry(entry: Value) -> tuple[Attribute, tuple[Attribute, ...]] | None:
    """An element of a push object list of any version: class, name, attribute, data index, restriction, columns."""
    match entry:
        case (int(class_id), bytes(name), int(index), int(_), *rest) if len(name) == _NAME:
            columns = rest[1] if len(rest) > 1 and isinstance(rest[1], list) else []
            shown = [found[0] for each in columns if (found := _entry(each)) is not None]
            return Attribute(class_id, Obis(name), index), tuple(shown)
    return None


def _named(listed: _Names, parts: Sequence[Encoded]) -> list[Element]:
    """Pair names and data. Some meters list the list itself, others leave it out, whether they push it or not."""
    lists_itself = listed[0][0].class_id == PUSH_SETUP_CLASS
    names = listed[1:] if lists_itself else listed
    if len(names) != len(parts) - 1:
        raise garbage(f"a push lists {len(names)} objects and holds {len(parts) - 1}")
    return [Element(name, value, columns) for (name, columns), value in zip(names, parts[1:], strict=True)]


def _of_report(said: InformationReport, names: Layout | None) -> Iterable[Element]:
    known = known_names(names)
    for variable, value in zip(said.variables, said.values, strict=True):
        attribute = known.at(variable.name)
        if isinstance(attribute, Attribute):
            yield Element(attribute, value)
