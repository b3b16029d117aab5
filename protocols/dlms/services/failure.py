"""Refusals of a whole APDU: ExceptionResponse (tag 216, Green Book 9.5) and ConfirmedServiceError (tag 14)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from protocols.dlms.tags import ApduTag
from protocols.errors import garbage


class StateError(Enum):
    """First part of an exception."""

    SERVICE_NOT_ALLOWED = 1
    SERVICE_UNKNOWN = 2


class ServiceError(Enum):
    """Second part of an exception."""

    OPERATION_NOT_POSSIBLE = 1
    SERVICE_NOT_SUPPORTED = 2
    OTHER_REASON = 3
    PDU_TOO_LONG = 4
    DECIPHERING_ERROR = 5
    INVOCATION_COUNTER_ERROR = 6


@dataclass(frozen=True, slots=True)
class ExceptionResponse:
    """The server could not treat an APDU at all. `expected_counter` comes with INVOCATION_COUNTER_ERROR."""

    state_error: StateError
    service_error: ServiceError
    expected_counter: int | None = None

    def encode(self) -> bytes:
        """Tag 216, state error, service error."""
        counter = b"" if self.expected_counter is None else self.expected_counter.to_bytes(4, "big")
        return bytes((0xD8, self.state_error.value, self.service_error.value)) + counter

    @property
    def words(self) -> str:
        """The refusal in plain words."""
        text = f"{self.state_error.name}, {self.service_error.name}".lower().replace("_", " ")
        return text if self.expected_counter is None else f"{text}, it expects counter {self.expected_counter}"


_SERVICES = ("", "initiate", "get status", "get name list", "get variable attribute", "read", "write",
    "get data set attribute", "get TI attribute", "change scope", "start", "stop", "resume", "make usable",
    "initiate load", "load segment", "terminate load", "initiate upload", "upload segment", "terminate upload",
)  # fmt: skip
_KINDS: dict[int, tuple[str, tuple[str, ...]]] = {
    0: ("application reference", ("other", "time elapsed", "application unreachable", "application reference invalid",
        "application context unsupported", "provider communication error", "deciphering error")),
    1: ("hardware resource", ("other", "memory unavailable", "processor resource unavailable",
        "mass storage unavailable", "other resource unavailable")),
    2: ("vde state", ("other", "no dlms context", "loading data set", "status no change", "status inoperable")),
    3: ("service", ("other", "pdu size", "service unsupported")),
    4: ("definition", ("other", "object undefined", "object class inconsistent", "object attribute inconsistent")),
    5: ("access", ("other", "scope of access violated", "object access violated", "hardware fault",
        "object unavailable")),
    6: ("initiate", ("other", "dlms version too low", "incompatible conformance", "pdu size too short",
        "refused by the VDE handler")),
    7: ("load data set", ("other", "primitive out of sequence", "not loadable", "data set size too large",
        "not awaited segment", "interpretation failure", "storage failure", "data set not ready")),
    8: ("change scope", ("other",)),
    9: ("task", ("other", "no remote control", "TI stopped", "TI running", "TI unusable")),
    10: ("other", ("other",)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConfirmedServiceError:
    """The older form of refusal; the three octets stay numbers, `words` explains them."""

    service: int
    kind: int
    number: int

    def encode(self) -> bytes:
        """Tag 14, service, kind of error, number."""
        return bytes((0x0E, self.service, self.kind, self.number))

    @property
    def words(self) -> str:
        """The refusal in plain words; unknown numbers are shown as numbers."""
        kind, numbers = _KINDS.get(self.kind, (f"error kind {self.kind}", ()))
        reason = numbers[self.number] if self.number < len(numbers) else f"number {self.number}"
        known = 0 < self.service < len(_SERVICES)
        service = _SERVICES[self.service] if known else f"service {self.service}"
        return f"{service} refused: {kind}, {reason}"


def decode_exception(apdu: bytes) -> ExceptionResponse:
    """Read tag 216. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    try:
        state, service = StateError(apdu[1]), ServiceError(apdu[2])
    except ValueError:
        raise garbage(f"exception response {apdu.hex()} is not defined") from None
    counted = service is ServiceError.INVOCATION_COUNTER_ERROR and len(apdu) == 7
    return ExceptionResponse(state, service, int.from_bytes(apdu[3:7], "big") if counted else None)


def decode_service_error(apdu: bytes) -> ConfirmedServiceError:
    """Read tag 14. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    return ConfirmedServiceError(apdu[1], apdu[2], apdu[3])


Failure = ExceptionResponse | ConfirmedServiceError
FAILURES = (ExceptionResponse, ConfirmedServiceError)
DECODERS: dict[int, Callable[[bytes], Failure]] = {
    ApduTag.EXCEPTION_RESPONSE: decode_exception,
    ApduTag.CONFIRMED_SERVICE_ERROR: decode_service_error,
}
