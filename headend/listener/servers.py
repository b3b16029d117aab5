"""The lines pushes come in on: TCP, TLS and UDP. Octets in, arrivals out; answers go back on the same line."""

import asyncio
import logging
import ssl
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import cast

from headend.listener.frames import Frames, Pushed
from headend.listener.intake import Intake
from headend.listener.limits import Limits
from headend.listener.messages import Arrival
from headend.listener.read_outs import ReadOuts
from protocols.errors import ProtocolError
from protocols.gateway import Prefix

log = logging.getLogger(__name__)

_DATAGRAM_CALLERS = 4096
"""Callers by datagrams whose unfinished blocks are remembered."""


class Connection(asyncio.Protocol):
    """One caller over TCP or TLS; a chunk of the stream may hold any part of any number of frames."""

    def __init__(self, intake: Intake, limits: Limits, cut: Callable[[int], Frames | ReadOuts] = Frames) -> None:
        self._intake, self._limits = intake, limits
        self._frames = cut(limits.bounds.octets)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._host = ""
        self._entered = self._resting = self._paused = False
        self._heard_at = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._host = host_of(transport.get_extra_info("peername"))
        self._entered = self._limits.enter(self._host)
        if not self._entered:
            self._intake.counts["turned away"] += 1
            self._transport.abort()
            return
        self._intake.join(self._pause)
        self._timer = self._loop.call_later(self._limits.bounds.silence_s, self._listen)

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        try:
            for pushed in self._frames.receive(data):
                self._take(pushed)
        except ProtocolError as error:
            self._intake.counts["broken"] += 1
            log.info("%s is hung up on: %s", self._host, error)
            self._hang_up()
            return
        if said := self._frames.outgoing():
            self._write(said)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
        if self._entered:
            self._limits.leave(self._host)
            self._intake.part(self._pause)

    def _take(self, pushed: Pushed) -> None:
        answer = partial(self._answer, pushed.device)
        self._intake.offer(Arrival(pushed.apdu, self._host, pushed.device, datetime.now(UTC), answer))
        rest_s = self._limits.spend(self._host, self._loop.time())
        if rest_s and not self._resting:
            self._resting = True
            self._intake.counts["slowed"] += 1
            self._loop.call_later(rest_s, self._go_on)
            self._apply()

    def _answer(self, device: Prefix | None, apdu: bytes) -> None:
        self._write(self._frames.answer(apdu, device))

    def _write(self, octets: bytes) -> None:
        if octets and self._transport is not None and not self._transport.is_closing():
            self._transport.write(octets)

    def _go_on(self) -> None:
        self._resting = False
        self._apply()

    def _pause(self, paused: bool) -> None:
        self._paused = paused
        self._apply()

    def _apply(self) -> None:
        """Read, or leave what comes in the buffers of the system: the caller waits then."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if self._resting or self._paused:
            transport.pause_reading()
        else:
            self._heard_at = self._loop.time()
            transport.resume_reading()

    def _listen(self) -> None:
        """End a connection that has said nothing for too long; nobody is silent while we do not listen."""
        silence = self._loop.time() - self._heard_at
        bound = self._limits.bounds.silence_s
        if silence >= bound and not (self._resting or self._paused):
            self._intake.counts["silent"] += 1
            self._hang_up()
            return
        self._timer = self._loop.call_later(max(bound - silence, 1.0), self._listen)

    def _hang_up(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class Datagrams(asyncio.DatagramProtocol):
    """All callers over UDP. A datagram holds whole frames; one that does not is dropped, with all before it."""

    def __init__(self, intake: Intake, limits: Limits) -> None:
        self._intake, self._limits = intake, limits
        self._loop = asyncio.get_running_loop()
        self._callers: OrderedDict[tuple[str, int], Frames] = OrderedDict()
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        host = host_of(addr)
        if self._intake.paused or self._limits.spend(host, self._loop.time()):
            self._intake.counts["datagrams dropped"] += 1
            return
        frames = self._callers.pop(addr, None) or Frames(self._limits.bounds.octets)
        try:
            for pushed in frames.receive(data):
                answer = partial(self._answer, frames, addr, pushed.device)
                self._intake.offer(Arrival(pushed.apdu, host, pushed.device, datetime.now(UTC), answer))
        except ProtocolError as error:
            self._intake.counts["broken"] += 1
            log.info("a datagram of %s is dropped: %s", host, error)
            return
        self._callers[addr] = frames
        if len(self._callers) > _DATAGRAM_CALLERS:
            self._callers.popitem(last=False)

    def error_received(self, exc: Exception) -> None:
        """An answer of ours did not arrive; the caller repeats its message."""
        log.info("a datagram could not be delivered: %s", exc)

    def _answer(self, frames: Frames, addr: tuple[str, int], device: Prefix | None, apdu: bytes) -> None:
        octets = frames.answer(apdu, device)
        if octets and self._transport is not None:
            self._transport.sendto(octets, addr)


def host_of(peer: object) -> str:
    """The address of a caller without its port; IPv4 in IPv6 as IPv4."""
    host = str(peer[0]) if isinstance(peer, tuple) and peer else ""
    return host.removeprefix("::ffff:")


def tls_of(certificate: str, key: str) -> ssl.SSLContext:
    """TLS 1.2 and newer with our certificate chain and key, both PEM. OSError (SSLError) where they are no use."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context
