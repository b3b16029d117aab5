"""Pushes: what a meter sends on its own, and the octets of it on the line."""

from protocols.dlms.classes.push import Destination, MessageType, PushSetup, TransportService
from protocols.dlms.classes.records import CaptureObject
from protocols.dlms.classes.server import ServerObject
from protocols.dlms.classes.serving.push import PUSH_SETUP, push_body
from protocols.dlms.clock import encode_datetime
from protocols.dlms.device import LogicalDevice
from protocols.dlms.keys import KeySet, ReceiveCounter, Security
from protocols.dlms.obis import Obis
from protocols.dlms.security import Tagging, open_notification
from protocols.dlms.security.key_ring import Credentials, KeyRing
from protocols.dlms.security.protection import Protection
from protocols.dlms.services.notification import DataNotification, DataNotificationConfirm, decode_confirm
from protocols.dlms.tags import ActionResult, ApduTag
from protocols.errors import garbage
from simulator.fleet import PUSH_WITHOUT_OBJECT_LIST, FleetError, endpoint
from simulator.meter import Meter

OBJECT_LIST = CaptureObject(40, PUSH_SETUP, 2)
CONTENT = tuple(
    CaptureObject(class_id, Obis.parse(obis), 2)
    for class_id, obis in ((1, "0-0:96.1.0"), (8, "0-0:1.0.0"), (3, "1-0:1.8.0"), (3, "1-0:2.8.0"))
)


def push_object(meter: Meter) -> ServerObject:
    """Class 40: where to is written by clients, method 1 sends at once. A push begins with the list of what is in it.

    The method fails where the destination is no loopback address, or the meter is on no line.
    """

    def redirect(destination: Destination) -> None:
        meter.push_destination = destination.destination.decode("ascii", "replace")

    def send() -> ActionResult | None:
        try:
            host, port = endpoint(meter.push_destination)
        except FleetError:
            return ActionResult.OTHER_REASON
        return None if meter.send_push(host, port) else ActionResult.TEMPORARY_FAILURE

    listed = PUSH_WITHOUT_OBJECT_LIST not in meter.spec.quirks
    values = {
        "push_object_list": (OBJECT_LIST, *CONTENT) if listed else CONTENT,
        "send_destination_and_method": lambda: _tcp(meter.push_destination),
    }
    return ServerObject(
        PushSetup,
        PUSH_SETUP,
        values,
        setters={"send_destination_and_method": redirect},
        actions={"push": lambda _: send()},
    )


def _tcp(destination: str) -> Destination:
    return Destination(TransportService.TCP, destination.encode("ascii"), MessageType.A_XDR)


def notification(meter: Meter, device: LogicalDevice) -> DataNotification:
    """The push of a meter now."""
    shown = meter.local.at(meter.clock.reading(meter.now()))
    return DataNotification(push_body(device, push_object(meter)), encode_datetime(shown))


def ciphered(apdu: bytes, keys: KeySet, device: LogicalDevice) -> bytes:
    """A push in general-glo-ciphering, authenticated and encrypted under the counter of all that the device sends."""
    ring = KeyRing(Credentials(keys, device.title, device.counter, ReceiveCounter()))
    return Protection(ring, Security.BOTH, tagging=Tagging.GENERAL).protect(apdu)


def opened_receipt(apdu: bytes, keys: KeySet, device: LogicalDevice) -> DataNotificationConfirm:
    """The receipt for a push in an APDU protected like the push. RemoteProtocolError where it is none."""
    plain = open_notification(apdu, lambda _: keys, ReceiveCounter(), own_title=device.title).apdu
    if plain[:1] != bytes((ApduTag.DATA_NOTIFICATION_CONFIRM,)):
        raise garbage(f"APDU {plain[:1].hex()} is no receipt")
    return decode_confirm(plain)
