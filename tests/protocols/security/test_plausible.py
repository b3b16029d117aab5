"""What is only encrypted is known by its first octets: every APDU that the library sends must pass for one."""

import pytest

from protocols.dlms.apdu import Apdu
from protocols.dlms.encoding import NULL
from protocols.dlms.security.diagnosis import plausible
from protocols.dlms.services.notification import DataNotificationConfirm
from protocols.dlms.services.short_access import Variable
from protocols.dlms.services.short_read import ReadRequest, ReadResponse
from protocols.dlms.services.short_write import WriteBlockReceived, WriteRequest, WriteResponse
from protocols.dlms.tags import DataAccessResult
from tests.protocols.every_event import EVENTS

MANY = 300
LONG_LISTS: list[Apdu] = [
    ReadRequest((Variable(0x1000),) * MANY),
    ReadResponse((NULL,) * MANY),
    WriteRequest((Variable(0x1000),) * MANY, (NULL,) * MANY),
    WriteResponse((DataAccessResult.SUCCESS,) * MANY),
    DataNotificationConfirm(0xC0000001, bytes(12)),
    WriteBlockReceived(2),
]


@pytest.mark.parametrize("event", [*EVENTS, *LONG_LISTS], ids=lambda event: type(event).__name__)
def test_every_apdu_is_plausible(event: Apdu) -> None:
    assert plausible(event.encode())


@pytest.mark.parametrize("octets", ["", "c0", "c004c100", "00010203", "1000000000ff", "0d0103", "61a109"])
def test_other_octets_are_not(octets: str) -> None:
    assert not plausible(bytes.fromhex(octets))
