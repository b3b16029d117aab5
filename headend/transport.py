"""One line to a device, TCP or UDP, driving the sans-IO exchanges of the protocol library.

The exchange is advanced straight from `data_received`: a round trip costs no task switch and no future, which is what
lets one process hold hundreds of sessions. Every silence is bounded by `patience`; how long a device may talk is
bounded by its session (`headend.sessions`). Within the patience a line may repeat what the protocol gives it to repeat.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Generator
from typing import Any, TypeVar, cast

from headend import causes
from headend.causes import SessionError
from protocols.errors import Cause
from protocols.wrapper import split_frames

T = TypeVar("T")
Exchange = Generator[bytes, bytes, T]
Tap = Callable[[bool, bytes], None]
"""Is given what was sent (True) and what was received (False), where somebody asked to keep it."""


class Line(asyncio.Protocol):
    """Runs one exchange at a time over a connection and counts octets.

    A silence of `patience_s` seconds ends an exchange; see `repeat_after` for what happens before.
    """

    def __init__(self, patience_s: float, tap: Tap | None = None) -> None:
        self.sent = 0
        self.received = 0
        self._patience_s = patience_s
        self._tap = tap
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._exchange: Exchange[Any] | None = None
        self._done: asyncio.Future[Any] | None = None
        self._early: deque[bytes] = deque()
        self._early_octets = 0
        self._ended = False
        self._heard_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._repeat: Callable[[], bytes] | None = None
        self._retry_s = patience_s
        self._repeated_at = 0.0

    def repeat_after(self, retry_s: float, repeat: Callable[[], bytes]) -> None:
        """After every `retry_s` seconds of silence send what `repeat` gives, until the patience ends.

        `repeat` is the connection's: b"" where a repetition cannot help; what it raises ends the exchange.
        """
        self._repeat, self._retry_s = repeat, min(retry_s, self._patience_s)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = self._loop.call_later(self._retry_s, self._listen)

    async def run(self, exchange: Exchange[T]) -> T:
        """The result of the exchange. Raises what it raises, or SessionError (NO_ANSWER) after a silence."""
        done = self._loop.create_future()
        self._exchange, self._done = exchange, done
        self._heard_at = self._loop.time()
        if self._timer is None:
            self._timer = self._loop.call_later(self._retry_s, self._listen)
        self._advance(None)
        while self._early and self._exchange is not None:
            self._early_octets -= len(self._early[0])
            self._advance(self._early.popleft())
        if self._ended:
            self._advance(b"")
        result: T = await done
        return result

    def say(self, data: bytes) -> None:
        """Send octets, beside what an exchange sends: a farewell that nobody answers, say; nothing once it was cut."""
        if data and self._transport is not None and not self._ended:
            self.sent += len(data)
            if self._tap is not None:
                self._tap(True, data)
            self._transport.write(data)

    def close(self) -> None:
        """Drop the connection; safe to call at any time."""
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        if self._tap is not None:
            self._tap(False, data)
        self._heard_at = self._loop.time()
        if self._exchange is not None:
            self._advance(data)
        elif self._early_octets + len(data) <= _EARLY_LIMIT:
            self._early.append(data)
            self._early_octets += len(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        if self._exchange is not None:
            self._advance(b"")

    def _advance(self, received: bytes | None) -> None:
        """Give the exchange what came and send what it says; finish when it does."""
        exchange = self._exchange
        if exchange is None:
            return
        try:
            data = next(exchange) if received is None else exchange.send(received)
        except StopIteration as stop:
            self._finish(stop.value, None)
        except Exception as error:  # noqa: BLE001 - handed to the coroutine that awaits the exchange
            self._finish(None, error)
        else:
            self.say(data)
            if received == b"":
                self._finish(None, SessionError(Cause.CONNECTION_CUT.value, "the connection was cut"))

    def _finish(self, result: object, error: Exception | None) -> None:
        done, self._exchange, self._done = self._done, None, None
        if done is None or done.done():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def _listen(self) -> None:
        """End the exchange when nothing was heard for too long, repeat before that, else look again later."""
        wait = self._retry_s
        if self._exchange is not None:
            now = self._loop.time()
            silence = now - self._heard_at
            if silence >= self._patience_s:
                self._finish(None, SessionError(causes.NO_ANSWER, f"silent for {silence:.0f} s"))
            elif self._repeat is not None and now - max(self._heard_at, self._repeated_at) >= self._retry_s:
                self._repeated_at = now
                self._send_again(self._repeat)
            since = now - max(self._heard_at, self._repeated_at)
            wait = max(min(self._retry_s - since, self._patience_s - silence), _SHORTEST_WAIT_S)
        self._timer = self._loop.call_later(wait, self._listen)

    def _send_again(self, repeat: Callable[[], bytes]) -> None:
        try:
            data = repeat()
        except Exception as error:  # noqa: BLE001 - handed to the coroutine that awaits the exchange
            self._finish(None, error)
        else:
            self.say(data)


_EARLY_LIMIT = 65_536
_SHORTEST_WAIT_S = 0.05


class DatagramLine(Line, asyncio.DatagramProtocol):
    """A line of datagrams, each holding one wrapper frame, to one device."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, _Datagrams(cast(asyncio.DatagramTransport, transport)))

    def datagram_received(self, data: bytes, addr: object) -> None:
        if data:
            self.data_received(data)

    def error_received(self, exc: Exception) -> None:
        """The network says that nobody is there: as good as a refused connection."""
        self._finish(None, SessionError(causes.CONNECTION_REFUSED, f"the device cannot take datagrams: {exc}"))


class _Datagrams:
    """What a `Line` needs of a transport, over datagrams."""

    def __init__(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def write(self, data: bytes) -> None:
        for datagram in split_frames(data):
            self._transport.sendto(datagram)

    def abort(self) -> None:
        self._transport.abort()


async def connect(host: str, port: int, *, patience_s: float, tap: Tap | None = None) -> Line:
    """A connected line. SessionError: UNREACHABLE, CONNECTION_REFUSED or NO_ANSWER."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience_s):
            _, line = await loop.create_connection(lambda: Line(patience_s, tap), host, port)
    except ConnectionRefusedError as error:
        raise SessionError(causes.CONNECTION_REFUSED, f"{host}:{port} refuses connections") from error
    except TimeoutError as error:
        raise SessionError(causes.NO_ANSWER, f"no connection to {host}:{port} within {patience_s:.0f} s") from error
    except OSError as error:
        raise SessionError(causes.UNREACHABLE, f"{host}:{port}: {error.strerror or error}") from error
    return line


async def connect_datagram(host: str, port: int, *, patience_s: float, tap: Tap | None = None) -> DatagramLine:
    """A line of datagrams (wrapper over UDP). SessionError: UNREACHABLE or NO_ANSWER from the name service.

    Whether a device listens shows only when it answers: give the line a `repeat_after`.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience_s):
            address = (host, port)
            _, line = await loop.create_datagram_endpoint(lambda: DatagramLine(patience_s, tap), remote_addr=address)
    except TimeoutError as error:
        raise SessionError(causes.NO_ANSWER, f"the name {host} was not found within {patience_s:.0f} s") from error
    except OSError as error:
        raise SessionError(causes.UNREACHABLE, f"{host}:{port}: {error.strerror or error}") from error
    return line
