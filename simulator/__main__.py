"""Command line: `python -m simulator make-fleet | upgrade-fleet | faults | serve | ask`."""

import argparse
import asyncio
import json
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import uvloop

from simulator.calling import Listener, calling
from simulator.control import Control
from simulator.faults import FaultError, instant, iso
from simulator.fleet import Fleet, FleetError, endpoint
from simulator.fleet_file import load_fleet, save_fleet, upgrade_fleet
from simulator.household import EPOCH
from simulator.make_fleet import describe_faults, loopback_addresses_work, make_fleet
from simulator.now import Now
from simulator.serving import FleetServer
from simulator.stations import ServeError, unbound

CONTROL = "127.0.0.1:4058"
CANNOT = 1


def say(text: str) -> None:
    """A line to whoever started us, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def parsed(arguments: list[str]) -> argparse.Namespace:
    """The command line; ends the program with usage and code 2 if it is wrong."""
    parser = argparse.ArgumentParser("python -m simulator", description="A fleet of simulated DLMS meters on loopback.")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make-fleet", help="write a fleet file")
    make.add_argument("--meters", type=int, default=200)
    make.add_argument("--seed", type=int, default=1)
    make.add_argument("--out", type=Path, required=True, metavar="FILE")
    make.add_argument("--single-host", action="store_true", help="all on 127.0.0.1, each with its own port")
    make.add_argument("--healthy", action="store_true", help="no faults")
    make.add_argument(
        "--mixed", action="store_true", help="also grid meters, suite-1 meters and meters behind a concentrator"
    )
    make.add_argument("--client-public", metavar="HEX", help="with --mixed: x and y of the head-end's signing key")
    make.add_argument("--now", metavar="ISO", help="instant the faults are placed before (default: now)")
    upgrade = commands.add_parser("upgrade-fleet", help="bring a fleet file of an older version up to date")
    upgrade.add_argument("--fleet", type=Path, required=True, metavar="FILE")
    faults = commands.add_parser("faults", help="list the faults declared in a fleet file")
    faults.add_argument("--fleet", type=Path, required=True, metavar="FILE")
    serve = commands.add_parser("serve", help="put the fleet on the network")
    serve.add_argument("--fleet", type=Path, required=True, metavar="FILE")
    serve.add_argument("--control", default=CONTROL, metavar="HOST:PORT", help=f"control socket (default {CONTROL})")
    serve.add_argument("--now", metavar="ISO", help="the fleet's time at start (default: real time)")
    serve.add_argument(
        "--push-to", default="-", metavar="HOST:PORT", help="whom meters call of their own (default: nobody)"
    )
    serve.add_argument("--stand-still", action="store_true", help="with --now: time does not go on")
    ask = commands.add_parser("ask", help="send one JSON request to the control socket and print the reply")
    ask.add_argument("request", metavar="JSON")
    ask.add_argument("--control", default=CONTROL, metavar="HOST:PORT")
    return parser.parse_args(arguments)


def command_make(options: argparse.Namespace) -> None:
    """make-fleet: write the file and tell what is in it."""
    if options.meters < 1:
        raise FleetError("a fleet has at least one meter")
    if options.mixed != bool(options.client_public):
        raise FleetError("--mixed and --client-public go together: suite-1 meters must know the head-end's key")
    single_host = options.single_host or not loopback_addresses_work()
    now = instant(options.now) if options.now else int(time.time())
    fleet = make_fleet(
        options.meters, options.seed, now, single_host, faults=not options.healthy, client_public=options.client_public
    )
    try:
        save_fleet(fleet, options.out)
    except OSError as problem:
        raise FleetError(f"{options.out}: {problem.strerror or problem}") from problem
    solar = sum(meter.solar > 0 for meter in fleet.meters)
    faulty = sum(bool(meter.faults) for meter in fleet.meters)
    say(f"{options.out}: {len(fleet.meters)} meters, {solar} with solar export, {faulty} with faults")
    if fleet.concentrators:
        counts = Counter(meter.model for meter in fleet.meters)
        behind = sum(meter.concentrator is not None for meter in fleet.meters)
        models = ", ".join(f"{count} {model}" for model, count in sorted(counts.items()))
        say(f"{models}; {behind} of them behind a concentrator")


def command_upgrade(options: argparse.Namespace) -> None:
    """upgrade-fleet: in place, the meters stay what they are."""
    upgraded = upgrade_fleet(options.fleet)
    say(f"{options.fleet}: {'brought up to date' if upgraded else 'is up to date'}")


def command_faults(options: argparse.Namespace) -> None:
    """faults: one line per declared fault."""
    for line in describe_faults(load_fleet(options.fleet)):
        say(line)


def command_serve(options: argparse.Namespace) -> None:
    """serve: until SIGTERM or SIGINT."""
    fleet = load_fleet(options.fleet)
    now = chosen_time(options.now, options.stand_still)
    listener = None if options.push_to in ("", "-") else Listener(*endpoint(options.push_to))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(fleet, now, endpoint(options.control), listener))


def chosen_time(given: str | None, stand_still: bool) -> Now:
    """The fleet's time; raises FleetError for an instant before the meters were made."""
    if given is None:
        return Now()
    if instant(given) < EPOCH:
        raise FleetError(f"--now {given} is before {iso(EPOCH)}, when these meters were made")
    return Now.starting_at(instant(given), stand_still)


async def serve(fleet: Fleet, now: Now, control: tuple[str, int], listener: Listener | None = None) -> None:
    """Serve a fleet and its control socket until told to end. Raises ServeError if an address cannot be had.

    With a `listener` the meters that push call there.
    """
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    say(f"starting {len(fleet.meters)} meters")
    server = FleetServer(fleet, now)
    try:
        doorway = await Control(server).serve(*control)
    except OSError as problem:
        raise ServeError(unbound(*control, problem)) from problem
    async with doorway:
        await server.start()
        first, last = fleet.meters[0], fleet.meters[-1]
        say(f"ready: {len(fleet.meters)} meters from {first.address} to {last.address}")
        say(f"control socket: {control[0]}:{control[1]}")
        async with calling(server, listener):
            await end.wait()
        await server.stop()
    say("ended")


def command_ask(options: argparse.Namespace) -> None:
    """ask: one request, its reply indented."""
    say(json.dumps(asyncio.run(asked(endpoint(options.control), options.request)), indent=1))


async def asked(control: tuple[str, int], request: str) -> object:
    """The reply of a running simulator to a request line."""
    try:
        reader, writer = await asyncio.open_connection(*control)
    except OSError as problem:
        raise ServeError(f"no simulator answers at {control[0]}:{control[1]}: {problem.strerror}") from problem
    writer.write(request.encode() + b"\n")
    writer.write_eof()
    reply = await reader.read()
    writer.close()
    return json.loads(reply)


COMMANDS = {
    "make-fleet": command_make,
    "upgrade-fleet": command_upgrade,
    "faults": command_faults,
    "serve": command_serve,
    "ask": command_ask,
}


def main(arguments: list[str]) -> int:
    """Run a command; the exit code is 0, 1 when something is in the way (said in one line), 2 for wrong usage."""
    options = parsed(arguments)
    try:
        COMMANDS[options.command](options)
    except (FleetError, FaultError, ServeError) as problem:
        sys.stderr.write(f"simulator: {problem}\n")
        return CANNOT
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
