"""Several logical devices behind one endpoint: a meter with its own device and one for each M-Bus channel, say.

meter = PhysicalDevice([management, gas, water])
session = meter.wrapper_session()          # one per TCP connection; use it like a ServerSession
"""

from collections.abc import Iterable

from protocols.dlms.classes.serving.sap import sap_assignment
from protocols.dlms.device import LogicalDevice
from protocols.dlms.session import ServerSession
from protocols.errors import Cause, LocalProtocolError, ProtocolError, garbage
from protocols.wrapper import WrapperFraming
from protocols.wrapper.framing import HEADER, HEADER_SIZE, MAX_APDU, VERSION

MAX_SESSIONS = 64
"""Pairs of client and logical device that one stream may use."""


class PhysicalDevice:
    """Logical devices by address (wPort, upper HDLC address).

    The device at `management`, where there is one, gets the SAP assignment object that lists them all.
    """

    def __init__(self, devices: Iterable[LogicalDevice], management: int = 1) -> None:
        self.devices: dict[int, LogicalDevice] = {}
        for device in devices:
            if device.sap in self.devices:
                raise LocalProtocolError(Cause.INVALID_VALUE, f"two logical devices have address {device.sap}")
            self.devices[device.sap] = device
        if management in self.devices:
            self.devices[management].add(sap_assignment(self.devices.values()))

    def device(self, address: int) -> LogicalDevice | None:
        """The logical device at an address."""
        return self.devices.get(address)

    def wrapper_session(self) -> "WrapperSession":
        """A fresh TCP stream to this meter."""
        return WrapperSession(self)


class WrapperSession:
    """One stream of wrapper frames shared out by their ports: a `ServerSession` for each client and logical device.

    Frames to an address where no device lives are not answered, as a meter does. `closed` and `last_error` are those of
    `ServerSession`.
    """

    def __init__(self, meter: PhysicalDevice) -> None:
        self.closed = False
        self.last_error: ProtocolError | None = None
        self._meter = meter
        self._sessions: dict[tuple[int, int], ServerSession] = {}
        self._buffer = b""

    def handle(self, data: bytes) -> bytes:
        """Take octets, give the answers to all complete requests among them."""
        answers: list[bytes] = []
        self._buffer += data
        while not self.closed and (frame := self._next_frame()):
            answers.append(self._answer(frame))
        return b"".join(answers)

    def _next_frame(self) -> bytes:
        """The next whole frame, b"" when more octets are needed. Every length leads to at most one largest frame."""
        if len(self._buffer) < HEADER_SIZE:
            return b""
        version, _, _, length = HEADER.unpack_from(self._buffer)
        if version != VERSION:
            self.closed, self.last_error = True, garbage(f"not a wrapper frame: version {version:#06x}")
            return b""
        end = HEADER_SIZE + min(length, MAX_APDU)
        if len(self._buffer) < end:
            return b""
        frame, self._buffer = self._buffer[:end], self._buffer[end:]
        return frame

    def _answer(self, frame: bytes) -> bytes:
        _, source, destination, _ = HEADER.unpack_from(frame)
        session = self._session(source, destination)
        if session is None:
            return b""
        answer = session.handle(frame)
        self.closed, self.last_error = session.closed, session.last_error or self.last_error
        return answer

    def _session(self, source: int, destination: int) -> ServerSession | None:
        device, key = self._meter.device(destination), (source, destination)
        if device is None:
            return None
        if key not in self._sessions and len(self._sessions) < MAX_SESSIONS:
            self._sessions[key] = ServerSession(device, WrapperFraming(destination))
        return self._sessions.get(key)
