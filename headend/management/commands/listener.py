import asyncio
import signal
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from headend.listener.broker import Broker, broker_of_settings
from headend.listener.limits import Bounds
from headend.listener.serving import Inlets, Place, serve


class Command(BaseCommand):
    help = "Take what devices push: over TCP, TLS and UDP, as far as their addresses are set, and from an MQTT broker."

    def handle(self, *args: Any, **options: Any) -> None:
        inlets = _inlets()
        if not (inlets.tcp or inlets.tls or inlets.udp or inlets.text or inlets.broker):
            raise CommandError("No address to listen at is set: see OPENAIM_PUSH_TCP in the reference of settings.")
        self.stdout.write("listener: listening")
        try:
            uvloop.run(_until_told(inlets))
        except OSError as error:
            raise CommandError(f"cannot listen: {error}") from error


def _inlets() -> Inlets:
    return Inlets(
        tcp=_place(settings.PUSH_TCP),
        udp=_place(settings.PUSH_UDP),
        tls=_place(settings.PUSH_TLS),
        text=_place(settings.PUSH_TEXT),
        certificate=str(settings.PUSH_CERTIFICATE),
        key=str(settings.PUSH_KEY),
        broker=_broker(),
        bounds=Bounds(connections=settings.PUSH_CONNECTIONS, messages_s=settings.PUSH_MESSAGES),
    )


def _broker() -> Broker | None:
    try:
        return broker_of_settings()
    except ValueError as error:
        raise CommandError(str(error)) from error


def _place(text: str) -> Place | None:
    """Host and port of `HOST:PORT`; None for `-` and for nothing."""
    if text in ("", "-"):
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise CommandError(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), int(port)


async def _until_told(inlets: Inlets) -> None:
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    await serve(inlets, end)
