"""The two servers as one service: started by the first who needs them, stopped by the last."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from urllib.parse import quote

from aim import places
from aim.embedded import postgres, valkey
from aim.embedded.home import EmbeddedError, Home, home


@dataclass
class Hold:
    """A claim on the servers; `release` (or leaving a `with`) gives it back, and the last one stops them."""

    descriptor: int | None

    def release(self) -> None:
        """Give the claim back; a second call does nothing."""
        if self.descriptor is None:
            return
        descriptor, self.descriptor = self.descriptor, None
        with _change():
            _leave(descriptor)

    def __enter__(self) -> "Hold":
        return self

    def __exit__(self, _kind: object, _error: object, _trace: object) -> None:
        self.release()


def hold() -> Hold:
    """Start what is not running and claim it; EmbeddedError says in one line why that is impossible."""
    if not _embedded_servers():
        return Hold(None)
    with _change():
        descriptor = _open(places.VAR / "embedded.users")
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        try:
            _start_all()
        except BaseException:
            _leave(descriptor)
            raise
    return Hold(descriptor)


def _leave(descriptor: int) -> None:
    """End the claim; stop the servers if no other claim is left and nobody wants them kept."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        last = not _keep_file().exists()
    except BlockingIOError:
        last = False
    finally:
        os.close(descriptor)
    if last:
        _stop_all()


def keep() -> None:
    """Start the servers and leave them running until `stop`."""
    with hold():
        if _embedded_servers():
            _keep_file().touch()


def stop() -> None:
    """Stop the servers, whoever uses them."""
    with _change():
        _keep_file().unlink(missing_ok=True)
        _stop_all()


def status() -> dict[str, str]:
    """State of each server by name: `running`, `stopped`, or where its URL points elsewhere, `given`."""
    found = {"PostgreSQL": "given" if places.DATABASE_URL else "", "Valkey": "given" if places.REDIS_URL else ""}
    for server in _embedded_servers():
        name = "PostgreSQL" if server is postgres else "Valkey"
        found[name] = "running" if server.running(home()) else "stopped"
    return found


def server_url() -> str:
    """URL of the embedded PostgreSQL's database."""
    return f"postgresql://{postgres.USER}@{quote(str(home().sockets), safe='')}/{postgres.DATABASE}"


def redis_url() -> str:
    """URL of the embedded Valkey, as redis-py reads it."""
    return f"unix://{quote(str(valkey.address(home())))}"


def _embedded_servers() -> list[ModuleType]:
    return [*([] if places.DATABASE_URL else [postgres]), *([] if places.REDIS_URL else [valkey])]


def _start_all() -> None:
    place = _prepared(home())
    for server in _embedded_servers():
        if not server.running(place):
            server.start(place)


def _stop_all() -> None:
    for server in _embedded_servers():
        server.stop(home())


def _prepared(place: Home) -> Home:
    place.root.mkdir(mode=0o755, parents=True, exist_ok=True)
    return place


def _keep_file() -> Path:
    return places.VAR / "embedded.keep"


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise EmbeddedError(f"{path} belongs to another user: run as that user, or set OPENAIM_VAR") from error


@contextmanager
def _change() -> Iterator[None]:
    """One starter or stopper at a time."""
    descriptor = _open(places.VAR / "embedded.lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
