"""Running foreign programs with a line of progress, and one clear line when they fail."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from aim import places

UNREACHABLE = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "NewConnectionError",
    "Connection refused",
    "ConnectTimeoutError",
    "ProxyError",
    "EAI_AGAIN",
    "ENOTFOUND",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "Network is unreachable",
    "Could not resolve",
)


class InstallError(Exception):
    """A step cannot be done; the message says why and what to do."""


def say(text: str) -> None:
    """One line to the person at the terminal."""
    print(text, flush=True)  # noqa: T201


def log_path() -> Path:
    """Where the full output of foreign programs goes."""
    return places.VAR / "setup.log"


def run(command: list[str], *, purpose: str, network: str, show: Callable[[str], None] | None = None) -> None:
    """Run `command` to its end, handing each line to `show`; InstallError tells a missing network from other failures.

    `network` says what to check where the network is the cause.
    """
    log_path().parent.mkdir(parents=True, exist_ok=True)
    lines = []
    with log_path().open("a") as log, _started(command) as child:
        for line in _output(child):
            log.write(line)
            lines.append(line)
            if show is not None:
                show(line)
    if child.returncode:
        raise InstallError(_failure(purpose, lines, network))


def _started(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603
        command,
        cwd=places.BASE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "DEBIAN_FRONTEND": "noninteractive"},
    )


def _output(child: subprocess.Popen[str]) -> Iterator[str]:
    """The lines of `child`; whatever ends us on the way ends it too."""
    assert child.stdout is not None
    try:
        yield from child.stdout
        child.wait()
    finally:
        if child.poll() is None:
            child.terminate()


def _failure(purpose: str, lines: list[str], network: str) -> str:
    if any(sign in line for line in lines for sign in UNREACHABLE):
        return f"{purpose}: no network. {network}, then run the same command again."
    words = [line.strip() for line in lines if line.strip()]
    errors = [line for line in words if "error" in line.lower()] or words or ["no message"]
    return f"{purpose} failed: {errors[-1]} (all output: {log_path()})"


class Counter:
    """Progress of a step with a known number of parts: one line, rewritten on a terminal, now and then elsewhere."""

    def __init__(self, total: int, noun: str) -> None:
        self.total = total
        self.noun = noun
        self.done = 0

    def add(self) -> None:
        """One part more."""
        self.done = min(self.done + 1, self.total)
        line = f"    {self.done} of at most {self.total} {self.noun}"
        if sys.stdout.isatty():
            print(f"\r{line}", end="", flush=True)  # noqa: T201
        elif self.done % 25 == 0:
            say(line)

    def finish(self) -> None:
        """Leave the line."""
        if sys.stdout.isatty() and self.done:
            say("")
