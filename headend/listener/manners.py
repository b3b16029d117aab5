"""How devices push: what the meaning of a push depends on beside its octets, one object for all that are alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from threading import Lock

from devices.descriptions import Description
from headend.knowledge import Knowledge
from headend.plan import Layout
from protocols.dlms.obis import Obis

MOST = 4096
_Key = tuple[int, tzinfo, frozenset[tuple[Obis, Layout]]]


@dataclass(frozen=True, slots=True, eq=False)
class Manner:
    """The description, the layouts on file and the zone of the clock of some devices."""

    description: Description
    zone: tzinfo
    layouts: Mapping[Obis, Layout]


class Manners:
    """Manners by what they are made of. For any number of threads."""

    def __init__(self) -> None:
        self._kept: dict[_Key, Manner] = {}
        self._lock = Lock()

    def of(self, known: Knowledge) -> Manner:
        """The manner of a device, the same object for devices that are alike.

        A description is told by its identity: those of a model are one object, and one that is kept here lives on.
        """
        zone = known.device.utility.zone
        key = id(known.description), zone, frozenset(known.layouts.items())
        with self._lock:
            if key not in self._kept and len(self._kept) >= MOST:
                self._kept.clear()
            return self._kept.setdefault(key, Manner(known.description, zone, known.layouts))


manners = Manners()
"""Those of the process."""
