"""One association by hand: connect, list what the meter holds, release."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from headend import causes
from headend.by_hand.listing import Listed, list_objects, read_values
from headend.by_hand.peer import PUBLIC_CLIENT, Peer, ciphered_settings
from headend.causes import SessionError
from headend.drivers.base import Target
from headend.drivers.dlms import DlmsDriver
from headend.transport import Line, connect
from protocols.dlms import exchange, objects
from protocols.dlms.connection import ClientConnection
from protocols.dlms.exchange import Exchange
from protocols.dlms.settings import ClientSettings
from protocols.dlms.states import State
from protocols.errors import ProtocolError
from protocols.framing import Framing
from protocols.hdlc import HdlcFraming
from protocols.wrapper import WrapperFraming

LONGEST_S = 300.0
PATIENCE_S = 20.0
T = TypeVar("T")


def objects_of(peer: Peer, *, read: bool, longest_s: float = LONGEST_S, patience_s: float = PATIENCE_S) -> list[Listed]:
    """The objects of a meter, with their values when `read`.

    SessionError (no_answer, unreachable, connection_refused, too_long) or a ProtocolError with its cause.
    """
    return asyncio.run(_within(_objects_of(peer, read, patience_s), longest_s))


def objects_of_device(target: Target, *, read: bool, longest_s: float = LONGEST_S) -> list[Listed]:
    """The objects of a device on file, in a session like those of the head-end; errors as those of `objects_of`."""
    return asyncio.run(_within(_of_device(target, read), longest_s))


async def _of_device(target: Target, read: bool) -> list[Listed]:
    driver = DlmsDriver(target)
    try:
        await driver.open()
        listed = await driver.converse(list_objects)
        if read:
            await driver.converse(lambda connection: read_values(connection, listed))
        return listed
    finally:
        await driver.close()


async def _within(listing: Coroutine[Any, Any, list[Listed]], longest_s: float) -> list[Listed]:
    try:
        async with asyncio.timeout(longest_s):
            return await listing
    except TimeoutError:
        raise SessionError(causes.TOO_LONG, f"ended after {longest_s:.0f} s, not finished") from None


async def _objects_of(peer: Peer, read: bool, patience_s: float) -> list[Listed]:
    return await _listing(await _with_counter(peer, patience_s), read, patience_s)


async def _with_counter(peer: Peer, patience_s: float) -> Peer:
    """Where nobody knows the counter of the keys, the meter does: it tells the public client."""
    if peer.settings is not None or peer.keys is None:
        return peer
    public = replace(peer, client=PUBLIC_CLIENT, settings=ClientSettings(short_names=peer.short_names))
    async with _Association(public, patience_s) as association:
        seen = await association.run(objects.read_invocation_counter(association.connection))
    return replace(peer, settings=ciphered_settings(peer.keys, seen + 1, peer.short_names))


async def _listing(peer: Peer, read: bool, patience_s: float) -> list[Listed]:
    async with _Association(peer, patience_s) as association:
        listed = await association.run(list_objects(association.connection))
        if read:
            await association.run(read_values(association.connection, listed))
        return listed


class _Association:
    """An open association as a context; leaving it releases and hangs up."""

    def __init__(self, peer: Peer, patience_s: float) -> None:
        self._peer = peer
        self._patience_s = patience_s
        self._line: Line | None = None
        self.connection = ClientConnection(peer.settings or ClientSettings(), _framing(peer))

    async def __aenter__(self) -> "_Association":
        self._line = await connect(self._peer.host, self._peer.port, patience_s=self._patience_s)
        try:
            await self.run(exchange.associate(self.connection))
        except BaseException:
            self._line.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            if self.connection.state is not State.FAILED:
                with suppress(SessionError, ProtocolError):
                    await self.run(exchange.release(self.connection))
                    await self.run(exchange.disconnect(self.connection))
        finally:
            if self._line is not None:
                self._line.close()

    async def run(self, conversation: Exchange[T]) -> T:
        """The result of an exchange over this line."""
        assert self._line is not None, "enter the association first"
        return await self._line.run(conversation)


def _framing(peer: Peer) -> Framing:
    if peer.hdlc:
        return HdlcFraming.client(peer.client, peer.server)
    return WrapperFraming(peer.client, peer.server)
