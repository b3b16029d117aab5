"""Who a push is from: by the system title it names, else by the address it came from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from headend.causes import SessionError
from headend.listener.messages import Arrival, Sender
from headend.listener.opening import names_sender
from headend.listener.remembered import Remembered
from headend.listener.stamps import Place, stamps_of
from protocols.dlms.security import sender_of
from protocols.errors import ProtocolError


@dataclass(frozen=True, slots=True, eq=False)
class Senders:
    """The known devices among those who sent a batch; of the `unspeakable`, by title, keys or description fail us."""

    by_title: Mapping[bytes, Sender]
    by_place: Mapping[Place, Sequence[Sender]]
    unspeakable: Mapping[bytes, tuple[int, SessionError]]

    def of(self, title: bytes, arrival: Arrival) -> Sender | None:
        """The sender of a message that names `title`, or b"" for none.

        None for a stranger, and where an address is that of several devices.
        """
        if title:
            return self.by_title.get(title)
        there = self.at(arrival)
        return there[0] if len(there) == 1 else None

    def at(self, arrival: Arrival) -> Sequence[Sender]:
        """The devices at the place the message came from."""
        return self.by_place.get((arrival.host, arrival.gateway_address), ())


def title_of(apdu: bytes) -> bytes:
    """The system title a message names, b"" where it names none or cannot be read that far."""
    if not names_sender(apdu):
        return b""
    try:
        return sender_of(apdu)
    except ProtocolError:
        return b""


def senders_of(named: Iterable[tuple[bytes, Arrival]], remembered: Remembered) -> Senders:
    """Look up who sent these messages, each with the title it names, and all that storing needs to know of them."""
    titles: set[str] = set()
    places: set[Place] = set()
    for title, arrival in named:
        if title:
            titles.add(title.hex().upper())
        else:
            places.add((arrival.host, arrival.gateway_address))
    found, unspeakable = remembered.senders(stamps_of(titles, places))
    by_place: dict[Place, list[Sender]] = defaultdict(list)
    for sender in found if places else ():
        device = sender.known.device
        by_place[device.way.host, device.gateway_address].append(sender)
    return Senders(
        {sender.title: sender for sender in found if sender.title},
        by_place,
        {bytes.fromhex(each.system_title): (each.pk, error) for each, error in unspeakable if each.system_title},
    )
