"""Where the embedded servers live and which system user they run as.

PostgreSQL refuses to run as root. Started by root, both servers run as the owner of existing data or
else as `nobody`; where that user cannot reach the clone (below a private home folder, say), data and a
copy of the server programs move to /var/lib/openaim, and nobody's rights on the clone stay as they are.
"""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aim import places
from aim.embedded import programs

# sun_path holds 108 bytes with the closing zero; PostgreSQL adds "/.s.PGSQL.5432.lock" beside its socket.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")


class EmbeddedError(Exception):
    """An embedded server cannot be started, reached or stopped; the message says why and what to do."""


@dataclass(frozen=True)
class Home:
    """Folders of the embedded servers and the user they run as (None: the caller itself)."""

    root: Path
    postgres: Path
    valkey: Path
    sockets: Path
    user: pwd.struct_passwd | None

    def own_folder(self, folder: Path) -> Path:
        """Create `folder`, private to the user of the servers; EmbeddedError if somebody else holds it."""
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            if not os.path.lexists(folder):
                folder.mkdir(mode=0o700)
                if self.user is not None:
                    os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        except OSError as error:
            raise EmbeddedError(f"cannot create {folder}: {error.strerror}") from error
        state = folder.lstat()
        owner = os.geteuid() if self.user is None else self.user.pw_uid
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != owner or state.st_mode & 0o077:
            raise EmbeddedError(f"{folder} belongs to another user: remove it, or set OPENAIM_VAR to your own folder")
        return folder


@cache
def home() -> Home:
    """The home for this clone (or OPENAIM_VAR) and the user calling."""
    user = _server_user(places.VAR) if os.geteuid() == 0 else None
    root = places.VAR
    if user and not programs.reachable(places.VAR.parent, user):
        root = programs.SHARED / _digest()
    try:
        postgres, valkey = programs.postgres_folder(user), programs.valkey_program(user)
    except (programs.ProgramsError, OSError) as error:
        raise EmbeddedError(str(error)) from error
    return Home(root, postgres, valkey, _socket_folder(root), user)


def _server_user(var: Path) -> pwd.struct_passwd:
    for data in (var / "postgres", programs.SHARED / _digest() / "postgres"):
        if data.exists() and data.stat().st_uid:
            return pwd.getpwuid(data.stat().st_uid)
    return pwd.getpwnam("nobody")


def _digest() -> str:
    return hashlib.sha256(str(places.VAR).encode()).hexdigest()[:12]


def _socket_folder(root: Path) -> Path:
    near = root / "run"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER:
        return near
    return Path("/tmp") / f"openaim-{_digest()}"  # noqa: S108 - own_folder refuses a folder somebody else has put there
