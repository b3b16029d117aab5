"""Front-end files from npm: fetched by the lock file, copied to static/vendor, never committed."""

import os
import shutil
from pathlib import Path

from aim import places
from aim.install import environment
from aim.install.commands import run, say
from aim.install.stamps import Stamp

VENDOR = places.BASE / "static" / "vendor"
SOURCES = ("package.json", "package-lock.json")
# Package: files taken from it.
FILES = {"uplot": ("dist/uPlot.esm.js", "dist/uPlot.min.css", "LICENSE")}
NETWORK = "Check that the npm registry answers (npm config get registry)"


def ensure() -> None:
    """Bring the files to static/vendor unless they are there, complete and of the locked versions."""
    wanted = "".join(f"{package}/{name}\n" for package, names in FILES.items() for name in names)
    stamp = Stamp(VENDOR / ".stamp", [*(places.BASE / name for name in SOURCES), wanted])
    if stamp.fits() and all(target.exists() for _, target in _copies()):
        return
    stamp.lift()
    say("==> Front-end files")
    command = [_npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"]
    run(command, purpose="Fetching the front-end files", network=NETWORK)
    for source, target in _copies():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    stamp.press()


def _copies() -> list[tuple[Path, Path]]:
    modules = places.BASE / "node_modules"
    return [
        (modules / package / name, VENDOR / package / Path(name).name)
        for package, names in FILES.items()
        for name in names
    ]


def _npm() -> str:
    """npm of the system, or else the one that comes as a Python package."""
    found = shutil.which("npm")
    if found:
        return found
    environment.ensure("node", "requirements-node.txt")
    os.environ["PATH"] = f"{environment.program('')}:{os.environ['PATH']}"
    return str(environment.program("npm"))
