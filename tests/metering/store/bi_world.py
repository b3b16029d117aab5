"""Two utilities with values, and roles of the database that read them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from django.core.management import call_command
from django.db import connection

from access.models import Utility
from metering.gsrn import complete
from metering.intervals import to_seconds
from metering.models import Series
from metering.quality import Quality
from metering.store import Origin, RegisterBatch, write, write_registers
from tests import factories as make
from tests.conftest import SLOT

from .samples import block, instant

PASSWORD = "a password of its own"
READER, ROOT_READER = f"{SLOT.database}_bi", f"{SLOT.database}_root"
"""Roles belong to the whole server: each test process has its own."""


def build() -> dict[str, Utility]:
    """Utilities `energia` and `voima`, each with a quarter-hour consumption, an hourly voltage and a daily stand."""
    return {code: _with_values(make.make_utility(code), number) for number, code in enumerate(("energia", "voima"))}


def _with_values(utility: Utility, number: int) -> Utility:
    area = make.make_transformer_area(utility, f"T-{utility.code}")
    gsrn = complete(f"64999999{number + 1:09d}")
    point = make.make_metering_point(utility, gsrn=gsrn, transformer_area=area)
    quarters = make.make_series(point, "1-0:1.29.0", exponent=-1)
    volts = make.make_series(point, "1-0:32.7.0", "V", kind=Series.Kind.INSTANTANEOUS, interval_s=3600, exponent=-1)
    daily = make.make_series(point, "1-0:1.8.0", kind=Series.Kind.STAND, periodicity="daily", source="LGZ1", exponent=3)
    write(
        block(quarters.pk, [1000 * number + 25] * 96),
        block(quarters.pk, [7] * 90, day=1, quality=Quality.SUSPECT),
        block(volts.pk, [2301] * 24, interval_s=3600, status=3),
        origin=Origin(),
    )
    at = np.array([to_seconds(instant()), to_seconds(instant(1))])
    write_registers(RegisterBatch(np.full(2, daily.pk), at, np.array([40, 42])), origin=Origin())
    return utility


def store_reader(tmp_path: Path, *words: str, role: str = READER) -> None:
    """Run `manage.py store reader` with a password file."""
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    file.chmod(0o600)
    call_command("store", "reader", "--name", role, "--password-file", str(file), *words)


def drop_roles() -> None:
    """Forget the readers of this test process."""
    with connection.cursor() as cursor:
        for role in (READER, ROOT_READER):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if cursor.fetchone():
                cursor.execute(f"DROP OWNED BY {role}")
                cursor.execute(f"DROP ROLE {role}")


@contextmanager
def signed_in(role: str = READER) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection as the reader, as a foreign program makes it."""
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"], port=settings["PORT"], dbname=settings["NAME"], user=role, password=PASSWORD
    ) as session:
        yield session


def ask(sql: str, *parameters: Any, role: str = READER) -> list[tuple[Any, ...]]:
    """All rows of a query of the reader."""
    with signed_in(role) as session:
        return session.execute(sql.encode(), parameters).fetchall()
