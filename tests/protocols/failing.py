"""What the tests of failures share: the cause an action ends in, and a connection that is open."""

from collections.abc import Callable

import pytest

from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.exchange import associate
from protocols.dlms.objects import ProfileLayout
from protocols.dlms.server import ServerSession
from protocols.errors import Cause, ProtocolError
from tests.protocols.parties import (
    CAPTURES,
    PROFILE,
    Meter,
    ciphered,
    connect,
    run,
)

Transfer = Callable[[bytes], bytes]
LAYOUT = ProfileLayout(PROFILE, CAPTURES, 900)


def cause_of(action: Callable[[], object]) -> Cause:
    with pytest.raises(ProtocolError) as error:
        action()
    assert str(error.value)
    return error.value.cause


def ready(
    access: tuple[int, ClientSettings] | None = None, meter: Meter | None = None
) -> tuple[ClientConnection, ServerSession]:
    """A client associated with a session."""
    client, session = connect(access or ciphered()), (meter or Meter(200)).session()
    run(associate(client), session)
    return client, session
