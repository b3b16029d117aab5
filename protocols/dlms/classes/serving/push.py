"""Push setup of a meter (class 40): what it sends is gathered here, how it is sent is the meter's business."""

from collections.abc import Callable, Mapping
from typing import Any

from protocols.dlms.classes.push import PushSetup
from protocols.dlms.classes.records import CaptureObject
from protocols.dlms.classes.server import ServerObject
from protocols.dlms.classes.table import InterfaceClass
from protocols.dlms.data import Encoded
from protocols.dlms.device import LogicalDevice
from protocols.dlms.encoding import NULL, octet_string, structure
from protocols.dlms.obis import Obis
from protocols.dlms.tags import ActionResult

PUSH_SETUP = Obis.parse("0-0:25.9.0")
Send = Callable[[ServerObject], ActionResult | None]


def push_setup(
    values: Mapping[str, Any], send: Send, obis: Obis = PUSH_SETUP, kind: type[InterfaceClass] = PushSetup
) -> ServerObject:
    """Class 40 of the version of `kind`: `send` is called with the object when a client invokes `push`."""
    setup = ServerObject(kind, obis, values, writable=None, actions={"push": lambda _: send(setup)})
    return setup


def push_body(device: LogicalDevice, setup: ServerObject) -> Encoded:
    """The body of a DataNotification: a structure of all that the push object list names, in its order.

    An attribute that cannot be read is null-data, so that the others keep their places; so is one part of an array
    (data_index), which this does not cut out.
    """
    return structure(*[_pushed(device, setup, element) for element in setup["push_object_list"]])


def _pushed(device: LogicalDevice, setup: ServerObject, element: CaptureObject) -> Encoded:
    """Elements of later versions begin with the same four fields."""
    class_id, obis, index, part = element[:4]
    found = setup if obis == setup.obis else device.objects.get(obis)
    if found is None or found.class_id != class_id or part:
        return NULL
    result = octet_string(found.obis) if index == 1 else found.get(index, None)
    return result if isinstance(result, Encoded) else NULL
