"""Interface classes as data, and what is made of them: objects to talk to and objects that answer.

One table a class and version (`table`), in one module a family; `specs`, `strings`, `shapes`, `clocks` and `codes` are
the types they are written in. `interface_class(class_id, version)` finds the table of an entry of an object list.
"""

from protocols.dlms.classes import (  # every family enters its tables when imported
    access,
    calendar,
    control,
    image,
    internet,
    mbus,
    measurement,
    mobile,
    payment,
    ports,
    profiles,
    push,
    security,
)
from protocols.dlms.classes.table import InterfaceClass, interface_class, interface_classes

__all__ = [
    "InterfaceClass",
    "access",
    "calendar",
    "control",
    "image",
    "interface_class",
    "interface_classes",
    "internet",
    "mbus",
    "measurement",
    "mobile",
    "payment",
    "ports",
    "profiles",
    "push",
    "security",
]
