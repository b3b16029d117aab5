"""Is the web port free, and if not, what can be done?"""

import os
import socket

LOOPBACK = "127.0.0.1"


class PortError(Exception):
    """The port cannot be used; the message says why and what to do."""


def web_port() -> int:
    """The port named by PORT, 8000 without it; PortError if it is no port, taken or not allowed."""
    given = os.environ.get("PORT") or "8000"
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 65536:
        raise PortError(f"PORT={given} is not a port number (1–65535)")
    port = int(given)
    _try_to_bind(port)
    return port


def _try_to_bind(port: int) -> None:
    with socket.socket() as probe:
        # As gunicorn does: connections of a demo ended a moment ago do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError as error:
            raise PortError(f"port {port} is reserved for root; try PORT=8000 script/demo") from error
        except OSError as error:
            other = port + 1 if port < 65535 else 8000
            raise PortError(f"port {port} is taken by another program; try PORT={other} script/demo") from error
