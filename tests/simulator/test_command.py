"""The program: command line, control socket, signals; the truth over the socket against values read over DLMS."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from protocols.dlms.obis import Obis
from protocols.dlms.objects import read_clock, read_layout, read_profile
from protocols.errors import ProtocolError
from simulator.faults import Gap, PowerFailure, Silent, WrongClock, iso
from simulator.fleet import Fleet
from simulator.fleet_file import load_fleet, save_fleet
from tests.simulator.clients import DAILY, LOAD, Client, between, private_host, settings_for, small_fleet
from tests.simulator.mixed import CLIENT_PUBLIC, mixed_fleet
from tests.simulator.worlds import NOON

DAY = 86_400
# Where each conversation of this module begins to count; a meter takes a counter once only.
COUNTERS = count(1, 1000)
OBIS = ("1-0:1.8.0", "1-0:2.8.0", "1-0:1.8.1", "1-0:1.8.2")


def simulator(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", "simulator", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


@dataclass
class Running:
    """A simulator process; `ask` goes over its control socket."""

    process: subprocess.Popen[str]
    control: tuple[str, int]
    said: list[str]

    def ask(self, **request: Any) -> dict[str, Any]:
        with socket.create_connection(self.control, timeout=10) as line, line.makefile("rw") as text:
            text.write(json.dumps(request) + "\n")
            text.flush()
            reply: dict[str, Any] = json.loads(text.readline())
            return reply


def elsewhere(fleet: Fleet) -> Fleet:
    """The same meters on another port, beside those of the module's process."""
    return replace(fleet, meters=tuple(replace(spec, port=4060) for spec in fleet.meters))


@contextmanager
def running(fleet: Fleet, folder: Path, *more: str) -> Iterator[Running]:
    """The fleet served by a process of its own, ended by SIGTERM."""
    path = folder / "fleet.json"
    save_fleet(fleet, path)
    control = (private_host(250), (fleet.meters[0].port or 0) + 1000)
    address = f"{control[0]}:{control[1]}"
    command = [sys.executable, "-m", "simulator", "serve", "--fleet", str(path), "--control", address, *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        said: list[str] = []
        assert process.stdout is not None
        try:
            for line in iter(process.stdout.readline, ""):
                said.append(line)
                if line.startswith("control"):
                    break
            yield Running(process, control, said)
        finally:
            process.send_signal(signal.SIGTERM)
            said.append(process.stdout.read())
            process.wait(10)


STILL = ("--now", iso(NOON), "--stand-still")


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    """Twelve meters, four of them not quite right."""
    whole = small_fleet(count=12)
    faults = {
        1: (Silent(),),
        2: (WrongClock(437),),
        3: (Gap(NOON - 3 * DAY, NOON - 3 * DAY + 21_600),),
        4: (PowerFailure(NOON - 2 * DAY, NOON - 2 * DAY + 5000),),
    }
    meters = [
        replace(spec, faults=faults.get(number, ()), solar=3000 if number > 8 else 0)
        for number, spec in enumerate(whole.meters)
    ]
    return replace(whole, meters=tuple(meters))


@pytest.fixture(scope="module")
def served(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(fleet, tmp_path_factory.mktemp("fleet"), *STILL) as process:
        yield process


async def read_sums(fleet: Fleet, profile: Obis, start: int, end: int) -> dict[str, dict[str, Counter[str]]]:
    """Rows and sums per meter and register, read over DLMS; a silent meter gives nothing."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for spec in fleet.meters:
        if spec.faults and isinstance(spec.faults[0], Silent):
            continue
        async with Client(spec, settings_for(spec, next(COUNTERS))) as client:
            layout = await client.run(read_layout(client.connection, profile))
            table = await client.run(read_profile(client.connection, layout, between(start, end - 1)))
        names = [str(capture.attribute.obis) for capture in layout.captures]
        found[spec.serial] = {
            name: Counter(rows=table.rows, sum=int(column.values.sum()))
            for name, column in zip(names, table.columns, strict=True)
            if name in OBIS
        }
    return found


@pytest.mark.parametrize("profile", [LOAD, DAILY], ids=str)
def test_the_truth_over_the_socket_is_what_a_client_reads(fleet: Fleet, served: Running, profile: Obis) -> None:
    start, end = NOON - 20 * DAY, NOON + DAY
    truth = served.ask(op="truth", profile=str(profile), **{"from": iso(start), "to": iso(end)})
    read = asyncio.run(read_sums(fleet, profile, start, end))
    assert truth["ok"]
    assert len(read) == 11
    for serial, registers in read.items():
        for obis, sums in registers.items():
            assert {name: truth["meters"][serial][obis][name] for name in sums} == dict(sums)
    silent = truth["meters"][fleet.meters[1].serial]["1-0:1.8.0"]
    total = sum(registers["1-0:1.8.0"]["sum"] for registers in read.values()) + silent["sum"]
    assert truth["totals"]["1-0:1.8.0"]["sum"] == total


def test_the_truth_can_be_asked_of_some_meters(fleet: Fleet, served: Running) -> None:
    serial = fleet.meters[3].serial
    request = {"from": iso(NOON - 10 * DAY), "to": iso(NOON + 1)}
    truth = served.ask(op="truth", serials=[serial], **request)
    assert list(truth["meters"]) == [serial]
    assert truth["meters"][serial]["1-0:1.8.0"]["rows"] == 10 * 96 - 24


def test_meters_are_listed_with_their_faults(fleet: Fleet, served: Running) -> None:
    listed = served.ask(op="meters")
    assert [entry["serial"] for entry in listed["meters"]] == [spec.serial for spec in fleet.meters]
    assert listed["meters"][2]["faults"] == [{"kind": "wrong_clock", "offset_s": 437}]
    assert listed["now"] == iso(NOON)


def test_faults_are_switched_over_the_socket(fleet: Fleet, served: Running) -> None:
    spec = fleet.meters[0]

    async def read() -> None:
        async with Client(spec, settings_for(spec, next(COUNTERS))) as client:
            await client.run(read_clock(client.connection))

    assert served.ask(op="fault", serial=spec.serial, fault={"kind": "refuse_association"})["ok"]
    with pytest.raises(ProtocolError, match="rejected"):
        asyncio.run(read())
    assert served.ask(op="clear", serial=spec.serial)["faults"] == []
    asyncio.run(read())


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"op": "dance"}, "op one of meters, truth, fault, clear, push"),
        ({"op": "truth"}, "not an ISO 8601 instant"),
        ({"op": "truth", "from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z", "profile": "x"}, "profile"),
        ({"op": "truth", "from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z", "serials": 5}, "serials"),
        ({"op": "fault", "serial": "OAM00000001"}, "fault must be an object"),
        ({"op": "fault", "serial": "OAM00000001", "fault": {"kind": "rust"}}, "unknown fault"),
        ({"op": "clear", "serial": "X"}, "no meter 'X'"),
        ({"op": "clear", "serial": "OAM00000001", "kind": "rust"}, "unknown fault 'rust'"),
    ],
)
def test_a_wrong_request_is_explained(served: Running, request_: dict[str, Any], words: str) -> None:
    reply = served.ask(**request_)
    assert not reply["ok"]
    assert words in reply["error"]


def test_one_conversation_may_have_many_lines_and_nonsense(served: Running) -> None:
    with socket.create_connection(served.control, timeout=10) as line, line.makefile("rw") as text:
        text.write('no json\n[1]\n{"op": "meters"}\n')
        text.flush()
        assert [json.loads(text.readline())["ok"] for _ in range(3)] == [False, False, True]


def test_ask_prints_the_reply(served: Running) -> None:
    done = simulator("ask", '{"op": "meters"}', "--control", f"{served.control[0]}:{served.control[1]}")
    assert json.loads(done.stdout)["ok"]
    nobody = simulator("ask", "{}", "--control", f"{private_host(251)}:4058")
    assert nobody.returncode == 1
    assert "no simulator answers" in nobody.stderr


def test_serve_says_ready_and_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    with running(elsewhere(small_fleet()), tmp_path) as process:
        address = f"{private_host(0)}:4060"
        assert process.said[:2] == ["starting 1 meters\n", f"ready: 1 meters from {address} to {address}\n"]
    assert process.said[-1] == "ended\n"
    assert process.process.returncode == 0


def test_a_restarted_fleet_has_the_same_history(fleet: Fleet, tmp_path: Path) -> None:
    request = {"op": "truth", "from": iso(NOON - 60 * DAY), "to": iso(NOON + 1)}
    replies = []
    for _ in range(2):
        with running(elsewhere(fleet), tmp_path, *STILL) as process:
            replies.append(process.ask(**request))
    assert replies[0] == replies[1]
    assert replies[0]["totals"]["1-0:1.8.0"]["rows"] > 60_000


def test_a_taken_address_is_one_clear_line(tmp_path: Path) -> None:
    spec = replace(small_fleet().meters[0], host=private_host(253))
    save_fleet(replace(small_fleet(), meters=(spec,)), tmp_path / "fleet.json")
    arguments = ("serve", "--fleet", str(tmp_path / "fleet.json"), "--control", f"{private_host(253)}:4058")
    with socket.socket() as taken:
        taken.bind((spec.host, spec.port))
        taken.listen()
        done = simulator(*arguments)
    assert done.returncode == 1
    assert (
        done.stderr
        == f"simulator: {spec.host}:{spec.port} is taken by another program (is another simulator running?)\n"
    )
    with socket.socket() as taken:
        taken.bind((spec.host, 4058))
        taken.listen()
        done = simulator(*arguments)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"{spec.host}:4058 is taken" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("serve", "--fleet", "missing.json"), "missing.json"),
        (("serve", "--fleet", "{fleet}", "--control", "0.0.0.0:4058"), "not in 127.0.0.0/8"),
        (("serve", "--fleet", "{fleet}", "--control", "here"), "not HOST:PORT"),
        (("serve", "--fleet", "{fleet}", "--now", "soon"), "not an ISO 8601 instant"),
        (("serve", "--fleet", "{fleet}", "--now", "2019-01-01T00:00:00Z"), "is before 2024"),
        (("make-fleet", "--meters", "0", "--out", "{fleet}"), "at least one meter"),
        (("make-fleet", "--mixed", "--out", "{fleet}"), "--mixed and --client-public go together"),
        (("upgrade-fleet", "--fleet", "missing.json"), "missing.json"),
        (("make-fleet", "--out", "/proc/none/fleet.json"), "No such file"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    path = tmp_path / "fleet.json"
    save_fleet(small_fleet(), path)
    done = simulator(*(argument.format(fleet=path) for argument in arguments))
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_make_fleet_tells_what_it_made_and_faults_lists_them(tmp_path: Path) -> None:
    path = str(tmp_path / "fleet.json")
    made = simulator("make-fleet", "--meters", "200", "--seed", "1", "--out", path, "--now", iso(NOON))
    assert made.stdout == f"{path}: 200 meters, 30 with solar export, 10 with faults\n"
    listed = simulator("faults", "--fleet", path).stdout.splitlines()
    assert len(listed) == 11
    assert sum("wrong_clock" in line for line in listed) == 2
    assert len(load_fleet(Path(path)).meters) == 200


def test_a_mixed_fleet_is_made_told_and_listed(tmp_path: Path) -> None:
    path = str(tmp_path / "fleet.json")
    made = simulator("make-fleet", "--meters", "40", "--mixed", "--client-public", CLIENT_PUBLIC, "--out", path)
    assert made.stdout.splitlines()[1] == "1 aim-ec2, 35 aim-sm3, 2 aim-sm5, 2 aim-sn4; 2 of them behind a concentrator"
    assert simulator("upgrade-fleet", "--fleet", path).stdout == f"{path}: is up to date\n"
    with running(elsewhere(mixed_fleet()), tmp_path, *STILL) as process:
        listed = process.ask(op="meters")
        assert [entry["model"] for entry in listed["concentrators"]] == ["aim-dc1"]
        assert {entry["model"] for entry in listed["meters"]} == {"aim-sm3", "aim-sm5", "aim-sn4", "aim-ec2"}
        assert process.ask(op="fault", serial="OAC00000001", fault={"kind": "busy"})["faults"] == [{"kind": "busy"}]
        assert process.ask(op="clear", serial="OAC00000001")["faults"] == []
        truth = process.ask(op="truth", **{"from": iso(NOON - DAY), "to": iso(NOON)})
        assert len(truth["meters"]) == 6
        assert truth["totals"]["1-0:1.8.0"]["rows"] == 6 * 96
