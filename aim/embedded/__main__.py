"""`python -m aim.embedded start|stop|status`: the embedded servers by hand."""

import argparse
import sys

from aim import embedded


def main() -> int:
    """Exit status: 0 done (for `status`: all running), 1 failed, or not all running."""
    parser = argparse.ArgumentParser(prog="python -m aim.embedded", description=embedded.__doc__)
    parser.add_argument("do", choices=["start", "stop", "status", "url"])
    do = parser.parse_args().do
    try:
        if do == "start":
            embedded.keep()
        elif do == "stop":
            embedded.stop()
    except embedded.EmbeddedError as error:
        print(f"embedded: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return _show_urls() if do == "url" else _show_status(wanted="stopped" if do == "stop" else "running")


def _show_urls() -> int:
    print(embedded.server_url(), embedded.redis_url(), sep="\n")  # noqa: T201
    return 0


def _show_status(wanted: str) -> int:
    states = embedded.status()
    for name, state in states.items():
        print(f"{name}: {state}")  # noqa: T201
    return 0 if set(states.values()) <= {wanted, "given"} else 1


if __name__ == "__main__":
    sys.exit(main())
