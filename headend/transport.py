"""One TCP connection to a device, driving the sans-IO exchanges of the protocol library.

The exchange is advanced straight from `data_received`: a round trip costs no task switch and no future, which is what
lets one process hold hundreds of sessions. Every silence is bounded by `patience`; how long a device may talk is
bounded by its session (`headend.sessions`).
"""

import asyncio
from collections.abc import Generator
from typing import Any, TypeVar, cast

from headend import causes
from headend.causes import SessionError
from protocols.errors import Cause

T = TypeVar("T")
Exchange = Generator[bytes, bytes, T]


class Line(asyncio.Protocol):
    """Runs one exchange at a time over a connection and counts octets."""

    def __init__(self, patience_s: float) -> None:
        self.sent = 0
        self.received = 0
        self._patience_s = patience_s
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._exchange: Exchange[Any] | None = None
        self._done: asyncio.Future[Any] | None = None
        self._early = bytearray()
        self._ended = False
        self._heard_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def run(self, exchange: Exchange[T]) -> T:
        """The result of the exchange. Raises what it raises, or SessionError (NO_ANSWER) after a silence."""
        done = self._loop.create_future()
        self._exchange, self._done = exchange, done
        self._heard_at = self._loop.time()
        if self._timer is None:
            self._timer = self._loop.call_later(self._patience_s, self._listen)
        self._advance(None)
        if self._early or self._ended:
            self._advance(self._taken_early())
        result: T = await done
        return result

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
        self._heard_at = self._loop.time()
        if self._exchange is not None:
            self._advance(data)
        elif len(self._early) + len(data) <= _EARLY_LIMIT:
            self._early += data

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
            if data and self._transport is not None:
                self.sent += len(data)
                self._transport.write(data)
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
        """End the exchange when nothing was heard for too long, else look again later."""
        silence = self._loop.time() - self._heard_at
        if self._exchange is not None and silence >= self._patience_s:
            self._finish(None, SessionError(causes.NO_ANSWER, f"silent for {silence:.0f} s"))
        wait = self._patience_s if self._exchange is None else max(self._patience_s - silence, 0.05)
        self._timer = self._loop.call_later(wait, self._listen)

    def _taken_early(self) -> bytes:
        taken = bytes(self._early)
        self._early.clear()
        return taken


_EARLY_LIMIT = 65_536


async def connect(host: str, port: int, *, patience_s: float) -> Line:
    """A connected line. SessionError: UNREACHABLE, CONNECTION_REFUSED or NO_ANSWER."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience_s):
            _, line = await loop.create_connection(lambda: Line(patience_s), host, port)
    except ConnectionRefusedError as error:
        raise SessionError(causes.CONNECTION_REFUSED, f"{host}:{port} refuses connections") from error
    except TimeoutError as error:
        raise SessionError(causes.NO_ANSWER, f"no connection to {host}:{port} within {patience_s:.0f} s") from error
    except OSError as error:
        raise SessionError(causes.UNREACHABLE, f"{host}:{port}: {error.strerror or error}") from error
    return line
