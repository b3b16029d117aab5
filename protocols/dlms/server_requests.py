"""What a server makes of a request before it is answered."""

from protocols.dlms.apdu import Apdu
from protocols.dlms.services.unconfirmed import DOING, Unconfirmed, confirmed_bit


def classified(event: Apdu) -> Apdu:
    """The event itself, or Unconfirmed around a request whose service class says that no answer is wanted."""
    if isinstance(event, DOING) and not event.invoke & confirmed_bit(event):
        return Unconfirmed(event)
    return event
