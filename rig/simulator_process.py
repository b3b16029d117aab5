"""The simulator as a process, spoken to over its control socket: no code is shared with what is being tested."""

import json
import socket
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

READY_S = 20.0
Reply = dict[str, Any]


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def make_fleet(path: Path, *, meters: int, seed: int, now: datetime, client_public: bytes = b"") -> Path:
    """A healthy fleet file whose devices listen on free ports of 127.0.0.1, so that test runs never meet.

    With the head-end's public signing key there are devices of every model.
    """
    numbers = ["--meters", str(meters), "--seed", str(seed), "--now", now.isoformat()]
    mixed = ["--mixed", "--client-public", client_public.hex()] if client_public else []
    run("make-fleet", *numbers, "--healthy", *mixed, "--out", str(path))
    fleet = json.loads(path.read_text())
    devices = (*fleet["concentrators"], *fleet["meters"], *fleet["strangers"])
    direct = [device for device in devices if device["host"]]
    for device, port in zip(direct, free_ports(len(direct)), strict=True):
        device["host"], device["port"] = "127.0.0.1", port
    path.write_text(json.dumps(fleet))
    return path


def run(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "simulator", *arguments], check=True, capture_output=True)


class Simulator:
    """A fleet on the network whose clock stands still at `now`, so that what it holds does not change in a test.

    One that pushes, to `push_to` on loopback, lives in real time.
    """

    def __init__(self, fleet: Path, now: datetime, *, push_to: str = "") -> None:
        self.now = now
        self.fleet = fleet
        (self.port,) = free_ports(1)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "simulator", "serve", "--fleet", str(fleet), "--control", f"127.0.0.1:{self.port}",
             *(("--push-to", push_to) if push_to else ("--now", now.isoformat(), "--stand-still"))],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._wait_until_ready()

    @property
    def serials(self) -> list[str]:
        return [meter["serial"] for meter in self.ask(op="meters")["meters"]]

    def ask(self, **request: object) -> Reply:
        """The reply to one request; AssertionError when the simulator refuses it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as control:
            control.sendall(json.dumps(request).encode() + b"\n")
            reply: Reply = json.loads(control.makefile("rb").readline())
        assert reply["ok"], reply
        return reply

    def truth(
        self, serial: str, start: datetime, *, until: datetime | None = None, profile: str = "1-0:99.1.0"
    ) -> Reply:
        """Per register what the rows of `serial` from `start` to before `until` hold: rows, sum, intervals, energy."""
        end = until or self.now + timedelta(seconds=1)
        window = {"from": start.isoformat(), "to": end.isoformat()}
        answer: Reply = self.ask(op="truth", serials=[serial], profile=profile, **window)["meters"][serial]
        return answer

    def fault(self, serial: str, kind: str, **fields: object) -> None:
        self.ask(op="fault", serial=serial, fault={"kind": kind, **fields})

    def clear_faults(self) -> None:
        """Every meter is healthy again."""
        for meter in self.ask(op="meters")["meters"]:
            if meter["faults"]:
                self.ask(op="clear", serial=meter["serial"])

    def stop(self) -> None:
        self._process.terminate()
        assert self._process.wait(timeout=60) == 0

    def _wait_until_ready(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("control socket"):
                return
        raise AssertionError(f"the simulator ended with {self._process.wait()}")
