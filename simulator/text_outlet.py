"""A commercial meter behind a TCP converter: sessions of IEC 62056-21."""

from typing import NoReturn

from protocols.errors import RemoteProtocolError
from protocols.framing import Framing
from protocols.iec62056_21 import Identification
from protocols.iec62056_21 import Meter as Conversation
from simulator.device import Device
from simulator.faults import RefuseAssociation, WrongKey
from simulator.fleet import MODE_A, MODE_B, FleetError, MeterSpec
from simulator.meter import Meter
from simulator.models import MODELS
from simulator.text_objects import TextObjects

MANUFACTURER = "OAM"
# 9,600 baud: chosen by the reader in mode C, by the meter in mode B; mode A knows no rates.
RATES = {MODE_A: "X", MODE_B: "E"}
RATE_OF_C = "5"


class TextSession:
    """One connection through the converter."""

    def __init__(self, conversation: Conversation) -> None:
        self.closed = False
        self._conversation = conversation

    def handle(self, data: bytes) -> bytes:
        """What the meter says to octets; one that is flooded ends the connection."""
        try:
            return self._conversation.handle(data)
        except RemoteProtocolError:
            self.closed = True
            return b""


class TextOutlet:
    """Makes the sessions of a meter; nothing of them outlives a connection."""

    def __init__(self, meter: Device[MeterSpec]) -> None:
        assert isinstance(meter, Meter), "only meters speak text"
        self._meter = meter

    def session(self, framing: Framing | None = None) -> TextSession:
        """See `simulator.outlets.AnyOutlet`. FleetError behind a concentrator."""
        if framing is not None:
            self.framing()
        spec = self._meter.spec
        code = next((RATES[quirk] for quirk in spec.quirks if quirk in RATES), RATE_OF_C)
        return TextSession(
            Conversation(
                Identification(MANUFACTURER, code, "", MODELS[spec.model].firmware),
                TextObjects(self._meter),
                addresses=frozenset({"".join(filter(str.isdecimal, spec.serial))}),
                passwords={"P1": self._password()},
            )
        )

    def framing(self, client: int | None = None) -> NoReturn:
        """Text has none."""
        raise FleetError(f"{self._meter.spec.model} is reached directly and takes no APDUs")

    def push(self, meter: Meter) -> NoReturn:
        """A meter of mode C says nothing unasked."""
        raise FleetError(f"{meter.spec.model} does not push")

    def adapt(self) -> None:
        """Faults are looked at whenever the meter speaks."""

    def _password(self) -> str:
        """That of the fleet file, or another: nobody gets in with an empty one."""
        if self._meter.fault(WrongKey) or self._meter.fault(RefuseAssociation):
            return ""
        return bytes.fromhex(self._meter.spec.password or "").decode("ascii")
