"""The life of a device: its states, the ways between them, and who may go them.

    inventory ─▶ discovered ─▶ installed ─▶ in operation ◀─▶ error
        ▲            │             ╰────────────┴─────────────╯
        ╰── removed ◀──────────────────────────╯      scrapped ends it

`installed` and `removed` follow from installations, `in operation` and `error` from what the head-end hears. The rest a
person says. Only `devices.services.life_cycle` goes these ways.
"""

from collections.abc import Mapping
from typing import Final

from devices.models import Device

State = Device.State

INSTALL: Final = "devices.install_device"
SCRAP: Final = "devices.scrap_device"

KEYS_REFUSED: Final = "It refuses its keys"
"""The reason of an error that a push does not end: keys for reading are others than those for pushing."""

NEXT: Mapping[State, frozenset[State]] = {
    State.INVENTORY: frozenset({State.DISCOVERED, State.INSTALLED, State.REMOVED, State.SCRAPPED}),
    State.DISCOVERED: frozenset({State.INVENTORY, State.INSTALLED, State.REMOVED, State.SCRAPPED}),
    State.INSTALLED: frozenset({State.IN_OPERATION, State.ERROR, State.REMOVED, State.INVENTORY, State.DISCOVERED}),
    State.IN_OPERATION: frozenset({State.INSTALLED, State.ERROR, State.REMOVED}),
    State.ERROR: frozenset({State.INSTALLED, State.IN_OPERATION, State.REMOVED}),
    State.REMOVED: frozenset({State.INVENTORY, State.INSTALLED, State.SCRAPPED}),
    State.SCRAPPED: frozenset({State.INVENTORY}),
}
"""What may follow a state, whoever wants it. What is scrapped must come back to the inventory before it hangs again. An
installation that is taken back leaves the device as it was; one entered when it was over leads to removed at once."""

BY_HAND: Mapping[tuple[State, State], str] = {
    (State.DISCOVERED, State.INVENTORY): INSTALL,
    (State.REMOVED, State.INVENTORY): INSTALL,
    (State.INVENTORY, State.SCRAPPED): SCRAP,
    (State.DISCOVERED, State.SCRAPPED): SCRAP,
    (State.REMOVED, State.SCRAPPED): SCRAP,
    (State.SCRAPPED, State.INVENTORY): SCRAP,
}
"""What a person may say of every device, with the permission it takes."""

OF_WAYS: Mapping[tuple[State, State], str] = {
    (State.INVENTORY, State.INSTALLED): INSTALL,
    (State.DISCOVERED, State.INSTALLED): INSTALL,
    (State.REMOVED, State.INSTALLED): INSTALL,
    (State.INSTALLED, State.REMOVED): INSTALL,
    (State.IN_OPERATION, State.REMOVED): INSTALL,
    (State.ERROR, State.REMOVED): INSTALL,
}
"""The same of a concentrator or gateway, which hangs at no metering point: nobody installs it there."""


def before(after: State) -> frozenset[State]:
    """The states that may come before this one."""
    return frozenset(state for state, following in NEXT.items() if after in following)


def open_by_hand(device: Device) -> dict[State, str]:
    """What a person may make of this device, with the permission for each, in the order of life."""
    ways = {**BY_HAND, **(OF_WAYS if device.model.is_way else {})}
    return {to: ways[State(device.state), to] for to in State if (device.state, to) in ways}
