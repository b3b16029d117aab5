"""What must be there before the processes start; each step does nothing when its work is done."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from aim import places
from aim.install.commands import say
from aim.install.stamps import Stamp

FLEET = places.VAR / "demo-fleet.json"
METERS = 200
SEED = 1
STATIC = places.BASE / "staticfiles"


class PrepareError(Exception):
    """A step before the start failed; the message names it."""


def prepare() -> None:
    """Schema, fleet of simulated meters, demo utility, static files."""
    say("==> Database schema")
    _manage("migrate", "--verbosity", "0")
    if not FLEET.exists():
        say("==> Fleet of simulated meters")
        _python("-m", "simulator", "make-fleet", "--meters", str(METERS), "--seed", str(SEED), "--out", str(FLEET))
    say("==> Demo utility")
    _manage("demo_load")
    _collect_static()


def _collect_static() -> None:
    stamp = Stamp(places.VAR / "staticfiles.stamp", [places.BASE / "requirements.txt", *_static_files()])
    if stamp.fits() and (STATIC / "staticfiles.json").exists():
        return
    stamp.lift()
    say("==> Static files")
    _manage("collectstatic", "--no-input", "--verbosity", "0")
    stamp.press()


def _static_files() -> Iterable[str | Path]:
    """Names and contents of the static files of the clone; those of packages change with requirements.txt."""
    folders = [places.BASE / "static", *places.BASE.glob("*/static")]
    for path in sorted({file for folder in folders for file in folder.rglob("*") if file.is_file()}):
        yield str(path.relative_to(places.BASE))
        yield path


def _manage(*arguments: str) -> None:
    _python("manage.py", *arguments)


def _python(*arguments: str) -> None:
    ended = subprocess.run([sys.executable, *arguments], cwd=places.BASE, check=False)  # noqa: S603
    if ended.returncode:
        raise PrepareError(f"`{' '.join(arguments)}` failed; its message stands above")
