"""`python -m aim.launch`: the demo, from an installed clone to a clean end."""

import os
import signal
import sys
from types import FrameType

from aim import embedded
from aim.embedded import EmbeddedError
from aim.install.commands import say
from aim.launch.ports import PortError, web_port
from aim.launch.prepare import PrepareError, prepare
from aim.launch.processes import Demo, ProcessEndedError
from aim.launch.record import AlreadyRunningError, Record


def main() -> int:
    """Exit status 0 after Ctrl-C or SIGTERM, 1 after one line on what failed."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        demo()
    except (AlreadyRunningError, EmbeddedError, PortError, PrepareError, ProcessEndedError) as error:
        print(f"demo: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        say("\ndemo: interrupted; the next start goes on from here")
    return 0


def demo() -> None:
    """Prepare, run, end."""
    record = Record()
    remains = record.check()
    if remains:
        say(f"demo: ended {remains} processes that an earlier demo left behind")
    port = web_port()
    say("==> PostgreSQL and Valkey")
    services = embedded.hold()
    try:
        record.note(port, [])
        logins = prepare()
        Demo(port, logins, record).run()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        record.clear()
        services.release()
        say("demo: all processes have ended")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main())
