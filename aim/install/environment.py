"""The virtual environment in .venv and the Python packages in it, every one pinned by hash."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from aim import places
from aim.install.commands import Counter, InstallError, run, say
from aim.install.stamps import Stamp

FOLDER = places.BASE / ".venv"
PYTHON = FOLDER / "bin" / "python"
NETWORK = "Check that the Python package index answers (or set PIP_INDEX_URL)"


def ensure(name: str, requirements: str) -> None:
    """Install the packages of the file `requirements` unless the stamp `name` says they are there."""
    source = places.BASE / requirements
    stamp = Stamp(FOLDER / f"{name}.stamp", [source, sys.version, str(FOLDER)])
    if stamp.fits():
        return
    _ensure_folder()
    stamp.lift()
    say(f"==> Python packages ({name})")
    counter = Counter(len(re.findall(r"^\S+==", source.read_text(), re.MULTILINE)), "packages")
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input", "--retries", "2"]
    run(
        [*command, "--progress-bar", "off", "-r", str(source)],
        purpose="Installing Python packages",
        network=NETWORK,
        show=lambda line: counter.add() if line.startswith(("Collecting", "Requirement already")) else None,
    )
    counter.finish()
    stamp.press()


def _ensure_folder() -> None:
    """Make the environment unless a sound one of this Python is there."""
    if _is_sound():
        return
    say("==> Virtual environment .venv")
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    _ensure_venv_module()
    run([sys.executable, "-m", "venv", str(FOLDER)], purpose="Creating .venv", network=NETWORK)


def _is_sound() -> bool:
    """True if pip runs in the environment and it was made for this version of Python, in this place."""
    if not PYTHON.exists():
        return False
    question = "import pip, sys; print(sys.version_info[:2], sys.prefix)"
    answer = subprocess.run([str(PYTHON), "-c", question], capture_output=True, text=True, check=False)  # noqa: S603
    return answer.stdout.strip() == f"{sys.version_info[:2]} {FOLDER}" and _scripts_fit()


def _scripts_fit() -> bool:
    """False for a folder that was moved: its programs name the interpreter by its old path."""
    pip = FOLDER / "bin" / "pip"
    return pip.exists() and str(FOLDER) in pip.read_text(errors="replace")[:512]


def _ensure_venv_module() -> None:
    """Debian keeps a part of the standard library in a package of its own."""
    if _has_ensurepip():
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise InstallError("Python lacks its venv module: install it (apt-get install python3-venv), then run again.")
    say("==> System package python3-venv")
    apt_install("python3-venv")


def _has_ensurepip() -> bool:
    check = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0  # noqa: S603


def apt_install(package: str) -> None:
    """Install a Debian package; only root can."""
    network = "Check that the Debian mirror answers"
    run(["apt-get", "update", "-q"], purpose="Updating the package lists", network=network)
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", package]
    run(command, purpose=f"Installing {package}", network=network)


def program(name: str) -> Path:
    """A program of the environment."""
    return FOLDER / "bin" / name
