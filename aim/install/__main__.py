"""`python3 -m aim.install [--dev] [--browser] [--then MODULE ...]`: set up what is missing, then become MODULE."""

import argparse
import fcntl
import os
import signal
import sys
from types import FrameType

from aim import places
from aim.install import browser, environment, frontend
from aim.install.commands import InstallError, say


def main() -> int:
    """Exit status 0 when all is there, 1 after one line of explanation."""
    about = "Sets up this clone; a second run changes nothing."
    parser = argparse.ArgumentParser(prog="script/setup", description=about)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument("--browser", action="store_true", help="also the browser for the tests")
    parser.add_argument("--then", nargs=argparse.REMAINDER, help="Python module to run afterwards, with its arguments")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _end)
    try:
        install(dev=options.dev, with_browser=options.browser)
    except InstallError as error:
        say(f"setup: {error}")
        return 1
    except KeyboardInterrupt:
        say("\nsetup: interrupted; the next run goes on from here")
        return 130
    if options.then:
        os.chdir(places.BASE)
        python = str(environment.PYTHON)
        os.execv(python, [python, "-m", *options.then])  # noqa: S606
    return 0


def install(*, dev: bool, with_browser: bool) -> None:
    """Everything in order; one set-up at a time per clone."""
    with (places.BASE / "manage.py").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("setup: another set-up runs in this clone; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        environment.ensure("runtime", "requirements.txt")
        if dev:
            environment.ensure("dev", "requirements-dev.txt")
        frontend.ensure()
        if with_browser:
            browser.ensure()


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
