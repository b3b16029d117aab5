"""A process that archives a month, drops it or brings it back, and kills itself before one of its steps.

A server that has loaded the product forks it, on a connection of its own, so that a test can afford many.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.conf import settings

from metering.store.archive.leaving import archive_month, drop_month
from metering.store.archive.returning import return_month
from tests.beside import PATIENCE_S, until_alone

from .archive_world import MONTH

Act = Literal["archive", "drop", "return"]
_ACTS = {"archive": archive_month, "drop": drop_month, "return": return_month}


def run_until_killed(act: Act, step: int, files: Path) -> list[str]:
    """Begin, be killed before the step of this number (from 0); the steps done. Asserts that it came so far."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(act, step, files, writer))
    process.start()
    writer.close()
    done = _received(reader)
    process.join(PATIENCE_S)
    assert process.exitcode == -signal.SIGKILL, process.exitcode
    until_alone()
    return done


def _received(reader: Connection) -> list[str]:
    """What came until the other end was closed, or died."""
    done: list[str] = []
    while reader.poll(PATIENCE_S):
        try:
            done.append(reader.recv())
        except EOFError:
            break
    return done


def _run(act: Act, step: int, files: Path, steps: Connection) -> None:
    settings.FILES = files
    left = step

    def tell(words: str) -> None:
        nonlocal left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        steps.send(words)

    for kind in ("interval", "register"):
        _ACTS[act](kind, MONTH, tell=tell)
