"""Where the methods of each interface class lie behind its base name in short-name referencing.

Source: the column "Short name" of the class tables, Blue Book ed. 12-14 clause 4; association SN also as head-ends in
the field use it (methods 3, 5, 8 at 0x30, 0x40, 0x58). Attributes need no table: attribute n is at base + 8 * (n - 1).
Classes that are not here have no methods, or none with a short name that a public source confirms; a description of a
meter can add them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

STEP = 8


@dataclass(frozen=True, slots=True)
class MethodNames:
    """`count` methods, numbered from 1, in steps of 8 from `first` on; those in `returning` give something back.

    A method that returns something is invoked by reading its variable, others by writing it.
    """

    first: int
    count: int
    returning: frozenset[int] = frozenset()

    def offset(self, method: int) -> int | None:
        """The distance of a method's variable from the base name, None when there is no such method."""
        return self.first + STEP * (method - 1) if 1 <= method <= self.count else None

    def method(self, offset: int) -> int | None:
        """The method whose variable lies at `offset` from the base name, None when there is none."""
        number = (offset - self.first) // STEP + 1
        return number if self.offset(number) == offset else None


NO_METHODS = MethodNames(0, 0)
MethodTable = Mapping[tuple[int, int], MethodNames]
"""By interface class and version; version -1 stands for every version that is not listed itself."""
ANY_VERSION = -1

METHOD_NAMES: MethodTable = {
    (3, ANY_VERSION): MethodNames(0x28, 1),  # register: reset
    (4, ANY_VERSION): MethodNames(0x38, 1),  # extended register: reset
    (5, ANY_VERSION): MethodNames(0x48, 2),  # demand register: reset, next period
    (6, ANY_VERSION): MethodNames(0x30, 3),  # register activation: add register, add mask, delete mask
    (7, ANY_VERSION): MethodNames(0x58, 4, frozenset((3, 4))),  # profile: reset, capture, buffer by range, by index
    (8, ANY_VERSION): MethodNames(0x60, 6),  # clock: adjust to quarter ... shift time
    (9, ANY_VERSION): MethodNames(0x20, 1),  # script table: execute
    (10, ANY_VERSION): MethodNames(0x20, 3),  # schedule: enable/disable, insert, delete
    (11, ANY_VERSION): MethodNames(0x10, 2),  # special days: insert, delete
    (12, ANY_VERSION): MethodNames(0x20, 10, frozenset((1, 2, 3, 4, 7, 8))),  # association SN
    (17, ANY_VERSION): MethodNames(0x20, 1),  # SAP assignment: connect logical device
    (18, ANY_VERSION): MethodNames(0x40, 4),  # image transfer: initiate, block, verify, activate
    (20, ANY_VERSION): MethodNames(0x50, 1),  # activity calendar: activate passive
    (30, ANY_VERSION): MethodNames(0x30, 3, frozenset((1, 3))),  # data protection
    (40, 0): MethodNames(0x38, 1),  # push setup: push
    (42, ANY_VERSION): MethodNames(0x60, 3, frozenset((3,))),  # IPv4 setup: multicast addresses
    (61, ANY_VERSION): MethodNames(0x28, 2),  # register table: reset, capture
    (62, ANY_VERSION): MethodNames(0x30, 2),  # compact data: reset, capture
    (64, 0): MethodNames(0x28, 2),  # security setup: activate, key transfer
    (64, 1): MethodNames(0x30, 8, frozenset((3, 5, 7))),  # security setup with certificates
    (65, 0): MethodNames(0x20, 2),  # parameter monitor: insert, delete
    (68, ANY_VERSION): MethodNames(0x30, 2),  # arbitrator: request action, reset
    (70, ANY_VERSION): MethodNames(0x20, 2),  # disconnect control: disconnect, reconnect
    (72, 0): MethodNames(0x60, 8),  # M-Bus client: install ... transfer key
    (72, 1): MethodNames(0x70, 8),
}


def method_names(table: MethodTable, class_id: int, version: int) -> MethodNames:
    """The methods of an interface class; none for a class without an entry."""
    return table.get((class_id, version)) or table.get((class_id, ANY_VERSION)) or NO_METHODS
