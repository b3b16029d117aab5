"""The client's layer: every APDU goes to one meter behind a gateway, every answer must come from it."""

from protocols.errors import Cause, RemoteProtocolError
from protocols.framing import Above, Framing
from protocols.gateway.prefix import FROM_DEVICE, TO_DEVICE, Prefix, decode_prefix

_FAILURES = (0x0E, 0xD8)
"""confirmed-service-error and exception-response."""


class GatewayFraming(Above):
    """Reaches the meter at `address` (its physical device address) in network `network_id` through `inner`.

    What the gateway says itself has no prefix: a failure is how it refuses a meter that it does not know or reach,
    anything else would be mistaken for the meter's answer.
    """

    def __init__(self, inner: Framing, network_id: int, address: bytes) -> None:
        super().__init__(inner)
        self._device = Prefix(network_id, address)
        self._head = self._device.encode(TO_DEVICE)

    def frame(self, apdu: bytes) -> bytes:
        """See `Framing.frame`."""
        return self._inner.frame(self._head + apdu)

    def next_apdu(self) -> bytes | None:
        """The meter's next APDU. RemoteProtocolError: REJECTED_CONNECTION when the gateway does not pass ours on,
        UNEXPECTED for an APDU of the gateway itself or of another meter, GARBAGE for a broken prefix.
        """
        apdu = self._inner.next_apdu()
        if apdu is None:
            return None
        if apdu[0] != FROM_DEVICE:
            raise self._no_answer(apdu)
        device, content = decode_prefix(apdu)
        if device != self._device:
            raise RemoteProtocolError(Cause.UNEXPECTED, f"an answer of {device} came where {self._device} was asked")
        return content

    def _no_answer(self, apdu: bytes) -> RemoteProtocolError:
        if apdu[0] in _FAILURES:
            said = apdu.hex()
            return RemoteProtocolError(
                Cause.REJECTED_CONNECTION, f"the gateway does not know or reach {self._device}: it answered {said}"
            )
        return RemoteProtocolError(
            Cause.UNEXPECTED, f"an APDU with tag {apdu[0]} and no prefix came where {self._device} was asked"
        )
