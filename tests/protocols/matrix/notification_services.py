"""What a meter sends on its own, between two requests."""

from collections.abc import Callable

from protocols.dlms.apdu import Notification
from protocols.dlms.encoding import octet_string
from protocols.dlms.exchange import notifications
from protocols.dlms.objects import read_clock
from protocols.dlms.services.notification import CONFIRMED, DataNotification, DataNotificationConfirm, EventNotification
from protocols.dlms.services.short_access import Variable
from protocols.dlms.services.short_report import InformationReport
from tests.protocols.matrix.talk import Talk
from tests.protocols.notebook import page
from tests.protocols.short_parties import TEXT_BASE

TIME = bytes.fromhex("07ea010f040e1e0500ff8800")
SHORT_SIZE = 20


def _told(talk: Talk, push: Notification) -> None:
    """It comes as it was sent, and the association goes on."""
    talk.push(push)
    assert talk(notifications(talk.client)) == [push]
    assert talk(read_clock(talk.client)).at.year == 2026


def _data(talk: Talk) -> None:
    _told(talk, DataNotification(talk.fresh(SHORT_SIZE), TIME, 0x00123456))


def _confirmed_data(talk: Talk) -> None:
    number = CONFIRMED | talk.fresh(1)[2]
    _told(talk, DataNotification(octet_string(b"alarm"), TIME, number))
    talk.tell(talk.client.send(DataNotificationConfirm(number)))
    assert talk(read_clock(talk.client)).at.year == 2026
    assert talk.session.last_confirmed == number


def _event(talk: Talk) -> None:
    _told(talk, EventNotification(page(2), talk.fresh(SHORT_SIZE), TIME))


def _report(talk: Talk) -> None:
    variables = Variable(TEXT_BASE + 8), Variable(TEXT_BASE)
    _told(talk, InformationReport(variables, (talk.fresh(SHORT_SIZE), talk.fresh(SHORT_SIZE))))


LOGICAL: dict[str, Callable[[Talk], None]] = {
    "DataNotification": _data,
    "DataNotification confirmed": _confirmed_data,
    "EventNotification": _event,
}
SHORT: dict[str, Callable[[Talk], None]] = {"DataNotification": _data, "InformationReport": _report}
