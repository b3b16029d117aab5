"""The master key: from a file or the environment, exchanged row by row; whatever ends in between, all keys open."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from devices import keystore
from devices.keystore import KeyStoreError, master, resealing, transport
from devices.models import Contact, DeviceKey
from devices.models.keys import TransportKey
from tests.factories import make_device, make_utility

pytestmark = pytest.mark.django_db
KEY = bytes(range(16))
FORMER, CURRENT = bytes(range(100, 132)), bytes(range(150, 182))


@pytest.fixture
def exchanged(settings: Settings, tmp_path: Path) -> Path:
    """Keys sealed under a former master key; the setting already names another. The folder of both files."""
    (tmp_path / "former.key").write_bytes(FORMER)
    (tmp_path / "master.key").write_bytes(CURRENT)
    settings.MASTER_KEY_FILE = tmp_path / "former.key"
    utility = make_utility()
    device = make_device(utility)
    for kind in ("encryption", "authentication", "master"):
        keystore.store_key(device=device, kind=kind, key=KEY)
    transport.add(utility=utility, name="factory", key=KEY)
    settings.MASTER_KEY_FILE = tmp_path / "master.key"
    settings.FORMER_MASTER_KEY_FILE = str(tmp_path / "former.key")
    return tmp_path


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("keys", *words, stdout=out)
    return out.getvalue()


def opened() -> set[bytes]:
    return {keystore.open_key(row) for row in DeviceKey.objects.all()}


def test_rows_name_the_master_key_and_not_the_key(exchanged: Path) -> None:
    (name,) = resealing.counted()
    assert len(name) == 16 and name not in CURRENT.hex() + FORMER.hex()
    assert name != master.current().id and name in master.present()


def test_resealing_exchanges_the_master_key_of_all_keys(exchanged: Path, settings: Settings) -> None:
    assert opened() == {KEY}
    assert "4 keys are sealed under master key" in run("reseal")
    settings.FORMER_MASTER_KEY_FILE = ""
    assert opened() == {KEY}
    assert transport.secret_of(TransportKey.objects.get()) == KEY
    assert resealing.counted() == {master.current().id: 4}
    assert "0 keys are sealed" in run("reseal")


def test_between_two_steps_all_keys_open(exchanged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "AT_ONCE", 1)
    (step,) = islice(resealing.reseal(), 1)
    assert step.done == 1
    assert sorted(resealing.counted().values()) == [1, 3]
    assert opened() == {KEY}
    assert "3 keys are sealed" in run("reseal")


def test_without_the_former_master_key_nothing_is_changed_and_what_stays_is_named(
    exchanged: Path, settings: Settings
) -> None:
    settings.FORMER_MASTER_KEY_FILE = ""
    with pytest.raises(KeyStoreError, match="sealed under master key"):
        opened()
    with pytest.raises(CommandError, match="4 keys could not be opened") as refused:
        run("reseal")
    assert "Encryption key (EK)" in str(refused.value) and "Transport key factory" in str(refused.value)
    settings.FORMER_MASTER_KEY_FILE = str(exchanged / "former.key")
    assert opened() == {KEY}


def test_rows_from_before_master_keys_had_ids_open_and_are_resealed(exchanged: Path) -> None:
    DeviceKey.objects.update(master_key="")
    assert opened() == {KEY}
    run("reseal")
    assert set(resealing.counted()) == {master.current().id}


def test_status_counts_by_master_key_and_state(exchanged: Path) -> None:
    device = DeviceKey.objects.first().device  # type: ignore[union-attr]
    Contact.objects.create(device=device, next_counter=int(0.8 * 2**32))
    shown = run("status")
    (former,) = resealing.counted()
    assert f"master key {former} former       4 keys" in shown
    assert "encryption       active     1" in shown
    assert f"{device}: 80% of the invocation counters are used" in shown
    assert KEY.hex() not in shown


def test_the_master_key_may_come_from_the_environment(settings: Settings) -> None:
    settings.MASTER_KEY = CURRENT.hex()
    row = keystore.store_key(device=make_device(make_utility()), kind="encryption", key=KEY)
    assert row.master_key == master.current().id
    settings.MASTER_KEY = FORMER.hex()
    with pytest.raises(KeyStoreError) as refused:
        keystore.open_key(row)
    assert CURRENT.hex() not in str(refused.value) and FORMER.hex() not in str(refused.value)


@pytest.mark.parametrize("text", ["00" * 31, "zz" * 32, "secret"])
def test_what_is_no_master_key_is_refused_without_showing_it(settings: Settings, text: str) -> None:
    settings.MASTER_KEY = text
    with pytest.raises(KeyStoreError) as refused:
        master.current()
    assert text not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.django_db(transaction=True)
def test_a_resealing_that_is_killed_goes_on_where_it_stopped(exchanged: Path, settings: Settings) -> None:
    """The process is ended between two of its statements, by itself, as a kill would do it: nothing is cleaned up."""
    program = (
        "import os, django; django.setup()\n"
        "from devices.keystore import resealing\n"
        "resealing.AT_ONCE, former, seen = 1, resealing._seal_anew, []\n"
        "def seal(column, row):\n"
        "    former(column, row); seen.append(row)\n"
        "    if len(seen) == 3: os.kill(os.getpid(), 9)\n"
        "resealing._seal_anew = seal\n"
        "list(resealing.reseal())\n"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "aim.settings",
        "OPENAIM_MASTER_KEY_FILE": str(exchanged / "master.key"),
        "OPENAIM_FORMER_MASTER_KEY_FILE": str(exchanged / "former.key"),
    }
    ended = subprocess.run([sys.executable, "-c", program], env=environment, check=False, timeout=60)
    assert ended.returncode == -9
    assert sorted(resealing.counted().values()) == [2, 2]
    assert opened() == {KEY}
    assert "2 keys are sealed" in run("reseal")
    settings.FORMER_MASTER_KEY_FILE = ""
    assert opened() == {KEY}
