"""Attribute 0 stands for all public attributes of an object at once (Green Book 9.3.6 and 9.3.7)."""

from protocols.dlms.answers.serving import Serving
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded, decode
from protocols.dlms.encoding import NULL, structure
from protocols.dlms.services.get import Result
from protocols.dlms.services.targets import decode_values
from protocols.dlms.tags import DataAccessResult
from protocols.errors import RemoteProtocolError, garbage

LAST_PUBLIC = 127


def read_object(serving: Serving, attribute: Attribute) -> Result:
    """A structure of all attributes in ascending order, null-data where there is none or none to be read."""
    indexes = serving.attributes(attribute)
    if isinstance(indexes, DataAccessResult):
        return indexes
    last = max((index for index in indexes if index <= LAST_PUBLIC), default=0)
    values = [serving.read(_numbered(attribute, index), None) for index in range(1, last + 1)]
    return structure(*[value if isinstance(value, Encoded) else NULL for value in values])


def write_object(serving: Serving, attribute: Attribute, value: Encoded) -> DataAccessResult:
    """Write each element of a structure to its attribute, null-data leaving one as it is; the first refusal ends it."""
    try:
        elements = _elements(value)
    except RemoteProtocolError:
        return DataAccessResult.TYPE_UNMATCHED
    for index, element in enumerate(elements, start=1):
        result = DataAccessResult.SUCCESS if element == NULL else serving.write(_numbered(attribute, index), element)
        if result is not DataAccessResult.SUCCESS:
            return result
    return DataAccessResult.SUCCESS


def _numbered(attribute: Attribute, index: int) -> Attribute:
    return Attribute(attribute.class_id, attribute.obis, index)


def _elements(value: Encoded) -> tuple[Encoded, ...]:
    if not isinstance(decode(value), tuple):
        raise garbage("an object is written as a structure of its attributes")
    return decode_values(value, 1)[0]
