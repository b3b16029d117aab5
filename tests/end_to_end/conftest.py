"""A fleet on the network for the session; for every test a database of its own with the demo utility around it."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections

from rig.private import PrivateSystem
from rig.simulator_process import Simulator, make_fleet
from tests import databases
from tests.browsing import browser
from tests.conftest import SLOT

__all__ = ["browser"]
METERS = 18
DAYS = 12


@pytest.fixture(scope="session")
def fleet_on_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    now = datetime.now(UTC).replace(microsecond=0)
    fleet = make_fleet(tmp_path_factory.mktemp("fleet") / "fleet.json", meters=METERS, seed=7, now=now)
    simulator = Simulator(fleet, now)
    yield simulator
    simulator.stop()


@pytest.fixture
def simulator(fleet_on_network: Simulator) -> Iterator[Simulator]:
    """The fleet, every meter healthy at the beginning of the test."""
    yield fleet_on_network
    fleet_on_network.clear_faults()


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database that other processes and threads see: nothing here runs inside a transaction of the test."""
    own, usual = f"{SLOT.database}_whole", SLOT.database
    with django_db_blocker.unblock():
        databases.copy_template(own)
        cache.clear()
        yield own
        connections.close_all()
        databases.connect_to(usual)
        databases.drop(own)
        databases.connect_to(usual)


@pytest.fixture
def demo(database: str, simulator: Simulator) -> Simulator:
    """The demo utility around the fleet, installed `DAYS` ago; returns the fleet."""
    call_command("demo_load", fleet=simulator.fleet, days=DAYS, stdout=StringIO())
    return simulator


@pytest.fixture
def environment(database: str) -> dict[str, str]:
    """What a process needs to work in the test's database and with its broker."""
    return {"DATABASE_URL": databases.url(database), "REDIS_URL": settings.REDIS_URL}


@pytest.fixture
def private() -> Iterator[PrivateSystem]:
    """Servers that may be killed."""
    folder = Path(tempfile.mkdtemp(prefix="aim-"))
    folder.chmod(0o755)
    system = PrivateSystem(folder)
    yield system
    system.stop()
    shutil.rmtree(folder)
