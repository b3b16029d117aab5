"""InformationReport (Green Book 9.3.17, tag 24): variables by short name that a meter sends on its own."""

from collections.abc import Callable
from dataclasses import dataclass

from protocols.dlms.axdr import octets, with_length
from protocols.dlms.data import Encoded
from protocols.dlms.services.short_access import (
    Variable,
    decode_assignments,
    encode_assignments,
)
from protocols.dlms.tags import ApduTag


@dataclass(frozen=True, slots=True)
class InformationReport:
    """Variables and their values; `sent_at` is the octets of a GeneralizedTime, empty when there is none."""

    variables: tuple[Variable, ...]
    values: tuple[Encoded, ...]
    sent_at: bytes = b""

    def encode(self) -> bytes:
        """Tag 24, optional time, both lists."""
        time = b"\x01" + with_length(self.sent_at) if self.sent_at else b"\x00"
        return b"\x18" + time + encode_assignments(self.variables, self.values)


def decode_information_report(apdu: bytes) -> InformationReport:
    """Read tag 24. IndexError when cut, which `decode_apdu` turns into GARBAGE.

    Some senders leave out the flag before the length of the time; a time is always longer than one octet.
    """
    sent_at, offset = octets(apdu, 2 if apdu[1] == 1 else 1)
    variables, values = decode_assignments(apdu, offset)
    return InformationReport(variables, values, sent_at)


Notification = InformationReport
NOTIFICATIONS = (InformationReport,)
DECODERS: dict[int, Callable[[bytes], Notification]] = {
    ApduTag.INFORMATION_REPORT: decode_information_report,
}
