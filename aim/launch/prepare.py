"""What must be there before the processes start; each step does nothing when its work is done."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from aim import places
from aim.install.commands import say
from aim.install.stamps import Stamp

# With this line of `manage.py demo_load` begins what to sign in with.
SIGN_IN = "Sign in as:"
STATIC = places.BASE / "staticfiles"


class PrepareError(Exception):
    """A step before the start failed; the message names it."""


def prepare() -> str:
    """Schema, demo utility with its fleet of simulated meters, static files; returns the lines on how to sign in."""
    say("==> Database schema")
    _run("migrate", "--verbosity", "0")
    say("==> Demo utility")
    logins = _show("demo_load")
    _show("demo_files")
    _collect_static()
    return logins


def _show(command: str) -> str:
    """Run a command, showing its progress; its last lines, how to sign in, are returned for the end of the start."""
    lines: list[str] = []
    with _manage(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if lines or line.startswith(SIGN_IN):
                lines.append(line)
            else:
                say(f"    {line.rstrip()}")
    _require(child, command)
    return "".join(lines)


def _collect_static() -> None:
    stamp = Stamp(places.VAR / "staticfiles.stamp", [places.BASE / "requirements.txt", *_static_files()])
    if stamp.fits() and (STATIC / "staticfiles.json").exists():
        return
    stamp.lift()
    say("==> Static files")
    _run("collectstatic", "--no-input", "--verbosity", "0")
    stamp.press()


def _static_files() -> Iterable[str | Path]:
    """Names and contents of the static files of the clone; those of packages change with requirements.txt."""
    folders = [places.BASE / "static", *places.BASE.glob("*/static")]
    for path in sorted({file for folder in folders for file in folder.rglob("*") if file.is_file()}):
        yield str(path.relative_to(places.BASE))
        yield path


def _run(*arguments: str) -> None:
    with _manage(*arguments) as child:
        child.wait()
    _require(child, arguments[0])


def _manage(*arguments: str, stdout: int | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-u", "manage.py", *arguments]
    return subprocess.Popen(command, cwd=places.BASE, stdin=subprocess.DEVNULL, stdout=stdout, text=True)  # noqa: S603


def _require(child: subprocess.Popen[str], name: str) -> None:
    if child.returncode:
        raise PrepareError(f"`manage.py {name}` failed; its message stands above")
