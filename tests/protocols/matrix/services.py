"""The table of services, by logical and by short names: what each does and which values must have travelled."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.protocols.matrix import logical_services, notification_services, short_services
from tests.protocols.matrix.securities import Naming
from tests.protocols.matrix.talk import Talk

_Table = dict[str, Callable[[Talk], None]]


@dataclass(frozen=True)
class Service:
    """`do` raises when anything is not as it must be; `acknowledged` False where the meter or the client is silent."""

    name: str
    naming: Naming
    do: Callable[[Talk], None]
    acknowledged: bool = True


def _rows(naming: Naming, table: _Table, *, acknowledged: bool = True) -> list[Service]:
    return [Service(f"{naming.value} {name}", naming, do, acknowledged) for name, do in table.items()]


SERVICES: tuple[Service, ...] = (
    *_rows(Naming.LOGICAL, logical_services.CONFIRMED),
    *_rows(Naming.LOGICAL, logical_services.UNCONFIRMED, acknowledged=False),
    *_rows(Naming.LOGICAL, notification_services.LOGICAL, acknowledged=False),
    *_rows(Naming.SHORT, short_services.CONFIRMED),
    *_rows(Naming.SHORT, short_services.UNCONFIRMED, acknowledged=False),
    *_rows(Naming.SHORT, notification_services.SHORT, acknowledged=False),
)
