"""The client's layer: every APDU goes to one meter behind a gateway, every answer must come from it."""

from protocols.errors import Cause, RemoteProtocolError
from protocols.framing import Framing
from protocols.gateway.prefix import FROM_DEVICE, TO_DEVICE, Prefix, decode_prefix

_FAILURES = (0x0E, 0xD8)
"""confirmed-service-error and exception-response."""


class GatewayFraming:
    """Reaches the meter at `address` (its physical device address) in network `network_id` through `inner`.

    What the gateway says itself has no prefix: a failure is how it refuses a meter that it does not know or reach,
    anything else would be mistaken for the meter's answer.
    """

    def __init__(self, inner: Framing, network_id: int, address: bytes) -> None:
        self._inner = inner
        self._device = Prefix(network_id, address)
        self._head = self._device.encode(TO_DEVICE)

    @property
    def peer(self) -> int | None:
        """See `Framing.peer`."""
        return self._inner.peer

    @property
    def is_open(self) -> bool:
        """See `Framing.is_open`."""
        return self._inner.is_open

    def open(self) -> bytes:
        """See `Framing.open`."""
        return self._inner.open()

    def close(self) -> bytes:
        """See `Framing.close`."""
        return self._inner.close()

    def frame(self, apdu: bytes) -> bytes:
        """See `Framing.frame`."""
        return self._inner.frame(self._head + apdu)

    def receive_data(self, data: bytes) -> None:
        """See `Framing.receive_data`."""
        self._inner.receive_data(data)

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

    def outgoing(self) -> bytes:
        """See `Framing.outgoing`."""
        return self._inner.outgoing()

    def give_turn(self) -> bytes:
        """See `Framing.give_turn`."""
        return self._inner.give_turn()

    def repeat(self) -> bytes:
        """See `Framing.repeat`."""
        return self._inner.repeat()

    def _no_answer(self, apdu: bytes) -> RemoteProtocolError:
        if apdu[0] in _FAILURES:
            said = apdu.hex()
            return RemoteProtocolError(
                Cause.REJECTED_CONNECTION, f"the gateway does not know or reach {self._device}: it answered {said}"
            )
        return RemoteProtocolError(
            Cause.UNEXPECTED, f"an APDU with tag {apdu[0]} and no prefix came where {self._device} was asked"
        )
