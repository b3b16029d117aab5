"""Makes a fleet: the same arguments give the same meters, keys and faults."""

import errno
import socket
from dataclasses import replace

from simulator.curves import CURVES
from simulator.fault_json import fault_to_json
from simulator.faults import Fault, Gap, PowerFailure, Silent, WrongClock
from simulator.fleet import DeviceSpec, Fleet, Incident, MeterSpec
from simulator.localtime import DAY
from simulator.make_mix import behind, mixed_models
from simulator.make_push import pushing, stranger
from simulator.making import address, drawn, key
from simulator.models import SM3
from simulator.seeds import mixed

ZONE = "Europe/Helsinki"
MANUFACTURER = b"OAM"
HOUR, MINUTE = 3600, 60
# Variants and shifts are few because each combination with a curve and a plant is a household in memory.
HABITS = ((0, 0), (1, 1), (2, -2), (3, 3), (4, -1), (5, 2))
PLANTS_W = (3000, 6000)
SOLAR_PER_THOUSAND = 150


def loopback_addresses_work() -> bool:
    """Whether addresses of 127.0.0.0/8 other than 127.0.0.1 can be bound here (Linux yes, others often not)."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.2", 0))
        except OSError as problem:
            if problem.errno in (errno.EADDRNOTAVAIL, errno.EACCES, errno.EINVAL):
                return False
            raise
        return True


def _meter(seed: int, number: int, single_host: bool) -> MeterSpec:
    own = mixed(seed, number)
    variant, shift = HABITS[mixed(own, 2) % len(HABITS)]
    host, port = address(number, single_host)
    return MeterSpec(
        serial=f"OAM{number + 1:08d}",
        host=host,
        port=port,
        system_title=(MANUFACTURER + (number + 1).to_bytes(5, "big")).hex(),
        ek=key(seed, number, "ek").hex(),
        ak=key(seed, number, "ak").hex(),
        model=SM3,
        curve=CURVES[mixed(own, 1) % len(CURVES)],
        variant=variant,
        scale=600 + mixed(own, 3) % 1201,
        shift=shift,
        seed=own,
        solar=0,
        initial=(mixed(own, 4) % 45_000_000, mixed(own, 5) % 25_000_000, 0),
    )


def _demo_faults(now: int) -> tuple[tuple[Fault, ...], ...]:
    """The faults of ten in two hundred meters: one silent, two wrong clocks, three power failures, four gaps."""
    midnight = now - now % DAY
    failure, gap = midnight - 13 * DAY, midnight - 5 * DAY
    return (
        (Silent(),),
        (WrongClock(437),),
        (WrongClock(-1260),),
        (PowerFailure(failure + 7 * HOUR + 312, failure + 8 * HOUR + 40 * MINUTE),),
        (PowerFailure(failure + 22 * HOUR + 100, failure + 31 * HOUR + 1000),),
        (PowerFailure(failure + 3 * DAY + 50, failure + 3 * DAY + 35 * MINUTE, flagged=True),),
        (Gap(gap + 6 * HOUR, gap + 12 * HOUR),),
        (Gap(gap - 20 * DAY, gap - 19 * DAY),),
        (Gap(gap + DAY, gap + DAY + 45 * MINUTE), Gap(gap + 2 * DAY, gap + 2 * DAY + 15 * MINUTE)),
        (Gap(gap - 9 * DAY + 17 * HOUR, gap - 9 * DAY + 20 * HOUR),),
    )


def make_fleet(
    count: int,
    seed: int,
    now: int,
    single_host: bool = False,
    faults: bool = True,
    client_public: str | None = None,
) -> Fleet:
    """`count` meters made at `now` (UTC epoch seconds), 15 % with a plant and, if wanted, 5 % with faults.

    All are of one model unless `client_public`, the head-end's public signing key (x ‖ y in hex), is given: then some
    become grid meters, some suite-1 meters that trust this key, and some are reached through a concentrator. Of these
    some push, and so does a stranger; another stranger is behind the concentrator.
    """
    meters = [_meter(seed, number, single_host) for number in range(count)]
    roofs, faulty = drawn(seed, count, 6), drawn(seed, count, 7)
    for _ in range(count * SOLAR_PER_THOUSAND // 1000):
        number = next(roofs)
        plant = PLANTS_W[mixed(meters[number].seed, 8) % len(PLANTS_W)]
        sold = mixed(meters[number].seed, 9) % 9_000_000
        meters[number] = replace(meters[number], solar=plant, initial=(*meters[number].initial[:2], sold))
    catalogue = _demo_faults(now)
    for which in range(count * len(catalogue) // 200 if faults else 0):
        number = next(faulty)
        meters[number] = replace(meters[number], faults=catalogue[which % len(catalogue)])
    fleet = Fleet(ZONE, now, tuple(meters))
    if client_public is None:
        return fleet
    # The address after those of the meters is the concentrator's.
    caller = stranger(_meter(seed, count + 1, single_host))
    made = pushing(mixed_models(fleet, seed, single_host, client_public), seed)
    newcomer = behind(_meter(seed, count + 2, single_host), made.concentrators[0], count + 2)
    return replace(made, strangers=(caller, newcomer))


def describe(fault: Fault) -> str:
    """A fault in one phrase, as in the fleet file: `gap start=... end=...`."""
    told = {name: value for name, value in fault_to_json(fault).items() if name != "kind"}
    return " ".join([fault.kind, *(f"{name}={value}" for name, value in told.items())])


def describe_faults(fleet: Fleet) -> list[str]:
    """One line per fault: serial, address and what is wrong, for people; then what happens after the start."""
    devices: list[DeviceSpec] = [*fleet.concentrators, *fleet.all_meters]
    faults = [f"{device.serial}  {device.address}  {describe(fault)}" for device in devices for fault in device.faults]
    return [*faults, *(_described(incident) for incident in fleet.incidents)]


def _described(incident: Incident) -> str:
    return f"{incident.after_s} s after the start no power for {incident.lasts_s} s; meters: {len(incident.serials)}"
